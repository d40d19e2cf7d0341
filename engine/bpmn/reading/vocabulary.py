# SPDX-License-Identifier: EUPL-1.2
"""Which attributes and children the reader understands, element by element. What stands in no table is a finding.

Attributes and elements of the Camunda 7 namespace are listed beside those of BPMN; the tables say what is read, not
what it means.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from engine.bpmn.model import ACTIVITY_TYPES, EVENT_TYPES, GATEWAY_TYPES

NODE_TYPES = ACTIVITY_TYPES | EVENT_TYPES | GATEWAY_TYPES

EVENT_DEFINITIONS = frozenset(
    {
        "messageEventDefinition",
        "timerEventDefinition",
        "signalEventDefinition",
        "errorEventDefinition",
        "escalationEventDefinition",
        "compensateEventDefinition",
        "conditionalEventDefinition",
        "linkEventDefinition",
        "cancelEventDefinition",
        "terminateEventDefinition",
    }
)


@dataclass(frozen=True)
class Entry:
    """What is understood at one type of element."""

    attributes: frozenset[str] = frozenset()
    children: frozenset[str] = frozenset()
    #: Attributes and extension elements with the prefix `camunda:`.
    camunda: frozenset[str] = frozenset()
    extensions: frozenset[str] = frozenset()
    #: Whether any BPMN element may stand in it because nothing in it is run.
    is_opaque: bool = False


def entry(attributes: str = "", children: str = "", camunda: str = "", extensions: str = "") -> Entry:
    """An entry from words."""
    return Entry(_words(attributes), _words(children), _words(camunda), _words(extensions))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _joined(*entries: Entry) -> Entry:
    return Entry(
        attributes=frozenset(word for each in entries for word in each.attributes),
        children=frozenset(word for each in entries for word in each.children),
        camunda=frozenset(word for each in entries for word in each.camunda),
        extensions=frozenset(word for each in entries for word in each.extensions),
    )


_BASE = entry("id", "documentation extensionElements")
_NAMED = _joined(_BASE, entry("name"))
_FLOW_NODE = _joined(
    _NAMED,
    entry(
        children="incoming outgoing auditing monitoring categoryValueRef",
        camunda="asyncBefore asyncAfter async exclusive jobPriority",
        extensions="properties executionListener failedJobRetryTimeCycle",
    ),
)
_ASSOCIATIONS = "dataInputAssociation dataOutputAssociation"
_MAPPED = entry(extensions="inputOutput")
_ACTIVITY = _joined(
    _FLOW_NODE,
    _MAPPED,
    entry(
        "default isForCompensation startQuantity completionQuantity",
        f"ioSpecification property {_ASSOCIATIONS} standardLoopCharacteristics multiInstanceLoopCharacteristics"
        " performer humanPerformer potentialOwner resourceRole",
    ),
)
_SCOPE = entry(
    children="laneSet sequenceFlow dataObject dataObjectReference dataStoreReference association group textAnnotation "
    + " ".join(sorted(NODE_TYPES))
)
_SERVICE = entry(
    camunda="type topic taskPriority expression resultVariable resultVariableName", extensions="errorEventDefinition"
)
_FORM = entry(camunda="formKey formRef formRefBinding formRefVersion", extensions="formData")
_EVENT = _joined(
    _FLOW_NODE,
    _MAPPED,
    entry(children="property eventDefinitionRef " + " ".join(sorted(EVENT_DEFINITIONS))),
)
_CATCHING = entry("parallelMultiple", "dataOutput dataOutputAssociation outputSet")
_THROWING = entry("", "dataInput dataInputAssociation inputSet")
_GATEWAY = _joined(_FLOW_NODE, entry("gatewayDirection"))
_SUBPROCESS = _joined(_ACTIVITY, _SCOPE, entry("triggeredByEvent"))
_EXPRESSION = entry("id language evaluatesToTypeRef", "documentation extensionElements")
_RESOURCE = entry(
    "id name", "documentation extensionElements resourceRef resourceParameterBinding resourceAssignmentExpression"
)
_DEFINITION = _BASE
_DATA = entry("itemSubjectRef isCollection", "dataState")
_OPAQUE = Entry(is_opaque=True)

ENTRIES: dict[str, Entry] = {
    # -- the process
    "process": _joined(
        _NAMED,
        _SCOPE,
        entry(
            "isExecutable isClosed processType definitionalCollaborationRef",
            "property ioSpecification auditing monitoring performer humanPerformer potentialOwner resourceRole",
            "historyTimeToLive versionTag isStartableInTasklist candidateStarterGroups candidateStarterUsers"
            " jobPriority taskPriority",
            "properties executionListener potentialStarter",
        ),
    ),
    "sequenceFlow": _joined(
        _NAMED,
        entry(
            "sourceRef targetRef isImmediate",
            "conditionExpression auditing monitoring categoryValueRef",
            extensions="executionListener",
        ),
    ),
    # -- activities
    "task": _ACTIVITY,
    "manualTask": _ACTIVITY,
    "userTask": _joined(
        _ACTIVITY,
        _FORM,
        entry(
            "implementation",
            "rendering",
            "assignee candidateUsers candidateGroups dueDate followUpDate priority",
            "taskListener",
        ),
    ),
    "serviceTask": _joined(_ACTIVITY, _SERVICE, entry("implementation operationRef")),
    "sendTask": _joined(_ACTIVITY, _SERVICE, entry("implementation operationRef messageRef")),
    "receiveTask": _joined(_ACTIVITY, entry("implementation operationRef messageRef instantiate")),
    "scriptTask": _joined(_ACTIVITY, entry("scriptFormat", "script", "resultVariable resultVariableName")),
    "businessRuleTask": _joined(
        _ACTIVITY,
        _SERVICE,
        entry(
            "implementation",
            "",
            "decisionRef decisionRefBinding decisionRefVersion decisionRefVersionTag mapDecisionResult",
        ),
    ),
    "callActivity": _joined(
        _ACTIVITY,
        entry(
            "calledElement",
            "",
            "calledElementBinding calledElementVersion calledElementVersionTag",
            extensions="in out",
        ),
    ),
    "subProcess": _SUBPROCESS,
    "transaction": _joined(_SUBPROCESS, entry("method", "")),
    "adHocSubProcess": _joined(
        _SUBPROCESS, entry("ordering cancelRemainingInstances", "completionCondition", "autoComplete")
    ),
    # -- events
    "startEvent": _joined(_EVENT, _CATCHING, _FORM, entry("isInterrupting", "", "initiator")),
    "endEvent": _joined(_EVENT, _THROWING),
    "intermediateCatchEvent": _joined(_EVENT, _CATCHING),
    "intermediateThrowEvent": _joined(_EVENT, _THROWING),
    "boundaryEvent": _joined(_EVENT, _CATCHING, entry("attachedToRef cancelActivity")),
    "messageEventDefinition": _joined(_DEFINITION, _SERVICE, entry("messageRef", "operationRef")),
    "timerEventDefinition": _joined(_DEFINITION, entry("", "timeDate timeDuration timeCycle")),
    "signalEventDefinition": _joined(_DEFINITION, entry("signalRef", "", "async", "in")),
    "errorEventDefinition": _joined(_DEFINITION, entry("errorRef", "", "errorCodeVariable errorMessageVariable")),
    "escalationEventDefinition": _joined(_DEFINITION, entry("escalationRef", "", "escalationCodeVariable")),
    "compensateEventDefinition": _joined(_DEFINITION, entry("activityRef waitForCompletion")),
    "conditionalEventDefinition": _joined(_DEFINITION, entry("", "condition", "variableName variableEvents")),
    "linkEventDefinition": _joined(_DEFINITION, entry("name", "source target")),
    "cancelEventDefinition": _DEFINITION,
    "terminateEventDefinition": _DEFINITION,
    # -- gateways
    "exclusiveGateway": _joined(_GATEWAY, entry("default")),
    "inclusiveGateway": _joined(_GATEWAY, entry("default")),
    "parallelGateway": _GATEWAY,
    "complexGateway": _joined(_GATEWAY, entry("default", "activationCondition")),
    "eventBasedGateway": _joined(_GATEWAY, entry("instantiate eventGatewayType")),
    # -- how often
    "standardLoopCharacteristics": _joined(_BASE, entry("testBefore loopMaximum", "loopCondition")),
    "multiInstanceLoopCharacteristics": _joined(
        _BASE,
        entry(
            "isSequential behavior",
            "loopCardinality loopDataInputRef loopDataOutputRef inputDataItem outputDataItem completionCondition",
            "collection elementVariable asyncBefore asyncAfter async exclusive",
            "failedJobRetryTimeCycle",
        ),
    ),
    # -- expressions
    **dict.fromkeys(("conditionExpression", "condition", "completionCondition", "loopCondition"), _EXPRESSION),
    **dict.fromkeys(("timeDate", "timeDuration", "timeCycle", "loopCardinality"), _EXPRESSION),
    **dict.fromkeys(("activationCondition", "formalExpression", "transformation", "from", "to"), _EXPRESSION),
    # -- people
    **dict.fromkeys(("humanPerformer", "potentialOwner", "performer", "resourceRole"), _RESOURCE),
    "resourceAssignmentExpression": entry("id", "documentation extensionElements formalExpression"),
    # -- data
    "ioSpecification": _joined(_BASE, entry("", "dataInput dataOutput inputSet outputSet")),
    **dict.fromkeys(("dataInput", "dataOutput", "property", "dataObject"), _joined(_NAMED, _DATA)),
    **dict.fromkeys(("inputDataItem", "outputDataItem"), _joined(_NAMED, _DATA)),
    "dataObjectReference": _joined(_NAMED, entry("itemSubjectRef dataObjectRef", "dataState")),
    "dataStoreReference": _joined(_NAMED, entry("itemSubjectRef dataStoreRef", "dataState")),
    **dict.fromkeys(_words(_ASSOCIATIONS), _joined(_BASE, entry("", "sourceRef targetRef transformation assignment"))),
    "assignment": _joined(_BASE, entry("", "from to")),
    # -- root elements that events and tasks refer to
    "message": _joined(_NAMED, entry("itemRef")),
    "signal": _joined(_NAMED, entry("structureRef")),
    "error": _joined(_NAMED, entry("errorCode structureRef", "", "errorMessage")),
    "escalation": _joined(_NAMED, entry("escalationCode structureRef")),
    "dataStore": _joined(_NAMED, entry("capacity isUnlimited itemSubjectRef", "dataState")),
    # -- what only draws or describes, or is read as text
    **dict.fromkeys(
        _words(
            "documentation laneSet association group textAnnotation auditing monitoring categoryValueRef incoming"
            " outgoing dataState inputSet outputSet source target sourceRef targetRef loopDataInputRef"
            " loopDataOutputRef eventDefinitionRef operationRef resourceRef resourceParameterBinding rendering script"
        ),
        _OPAQUE,
    ),
    # -- extensions
    "camunda:properties": entry(children="camunda:property"),
    "camunda:property": entry("id name value"),
    "camunda:inputOutput": entry(children="camunda:inputParameter camunda:outputParameter"),
    **dict.fromkeys(
        ("camunda:inputParameter", "camunda:outputParameter"),
        entry("name", "camunda:list camunda:map camunda:script"),
    ),
    "camunda:list": entry(children="camunda:value camunda:list camunda:map camunda:script"),
    "camunda:map": entry(children="camunda:entry"),
    "camunda:entry": entry("key", "camunda:list camunda:map camunda:script"),
    "camunda:value": entry("id name config"),
    "camunda:script": entry("scriptFormat"),
    "camunda:failedJobRetryTimeCycle": entry(),
    "camunda:executionListener": entry("event expression", "camunda:script"),
    "camunda:taskListener": entry("id event expression", "camunda:script timerEventDefinition"),
    "camunda:in": entry("source sourceExpression target variables businessKey local"),
    "camunda:out": entry("source sourceExpression target variables local"),
    "camunda:potentialStarter": entry(children="resourceAssignmentExpression"),
    "camunda:errorEventDefinition": entry("id errorRef expression"),
    "camunda:formData": entry("businessKey", "camunda:formField"),
    "camunda:formField": entry(
        "id label type datePattern defaultValue", "camunda:value camunda:validation camunda:properties"
    ),
    "camunda:validation": entry(children="camunda:constraint"),
    "camunda:constraint": entry("name config"),
}

#: Camunda attributes anywhere that only describe how the model was drawn.
DESCRIBING = frozenset({"modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon", "diagramRelationId"})


def known_somewhere(attribute: str) -> Iterable[str]:
    """Elements at which an attribute `camunda:…` is understood."""
    return (name for name, each in ENTRIES.items() if attribute in each.camunda)

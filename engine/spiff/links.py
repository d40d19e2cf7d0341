# SPDX-License-Identifier: EUPL-1.2
"""Link events: a flow that is drawn in two pieces."""

from engine.bpmn.model import Flow
from engine.spiff.specs import NodeSpec
from engine.spiff.tokens import Token


class LinkThrowSpec(NodeSpec):
    """Goes on at the catching event of the same name in the same scope."""

    def flows(self, token: Token) -> list[Flow]:
        """The flow that nobody has drawn."""
        target = self.process.links[(self.node.parent, self.node.events[0].name or "")]
        return [Flow(id="", source=self.node.id, target=target.id)]

# SPDX-License-Identifier: EUPL-1.2
"""Who sees what: input data, knowledge, decision services, imports."""

from decimal import Decimal

import pytest

from engine.dmn import DmnRefused, load_decisions
from engine.dmn.evaluation import evaluated
from engine.dmn.reading import load_graph
from engine.dmn.session import Session
from engine.feel import FeelLimitExceeded
from tests.dmn.building import Model, input_data, invocation, item, knowledge, literal, needs


def result(model, key="d", beside=(), **scope):
    return load_decisions(model.xml(), beside)[key].evaluate(scope).value


def by_the_norm(model, key="d", **given):
    """The value as the standard has it, where nothing but arrows makes values visible."""
    return evaluated(Session(load_graph(model.xml()), given, None, by_the_norm=True), (0, key))


def test_knowledge_is_called_like_a_function(model):
    model.others = knowledge("rate", ["betrag: number", "monate: number"], literal("betrag / monate"))
    model.decision("d", needs("rate") + literal("rate(120, 12)"))
    assert result(model) == Decimal(10)


def test_knowledge_is_invoked_with_names(model):
    model.others = knowledge("rate", ["betrag", "monate"], literal("betrag / monate"))
    assert result(model.decision("d", needs("rate") + invocation("rate", monate="12", betrag="120"))) == Decimal(10)


def test_knowledge_uses_other_knowledge(model):
    model.others = knowledge("a", ["x"], literal("x + 1")) + knowledge("b", ["x"], literal("a(x) * 2"), requires=["a"])
    assert result(model.decision("d", needs("b") + literal("b(4)"))) == Decimal(10)


def test_knowledge_may_call_itself(model):
    model.others = knowledge("f", ["n"], literal("if n = 0 then 1 else n * f(n - 1)"))
    assert result(model.decision("d", needs("f") + literal("f(5)"))) == Decimal(120)


def test_knowledge_that_calls_itself_without_end_is_stopped(model):
    model.others = knowledge("f", ["n"], literal("f(n + 1)"))
    with pytest.raises(FeelLimitExceeded):
        result(model.decision("d", needs("f") + literal("f(1)")))


def test_knowledge_does_not_see_the_variables_of_the_case(model):
    model.others = knowledge("f", [], literal("geheim"))
    assert result(model.decision("d", needs("f") + literal("f()")), geheim="x") is None


def test_what_knowledge_gave_is_told_before_the_decision(model):
    model.others = knowledge("rate", ["betrag"], literal("betrag / 12"))
    model.decision("d", needs("rate") + literal("rate(120) + 1"))
    assert load_decisions(model.xml())["d"].evaluate({}).trace.german() == ["rate: betrag = 120 → 10", "d → 11"]


@pytest.mark.parametrize("type", ["number", "tRate"])
def test_the_type_of_knowledge_is_that_of_its_results_or_of_the_function(model, type):
    model.others = '<itemDefinition name="tRate"><functionItem outputTypeRef="number"/></itemDefinition>'
    model.others += knowledge("rate", [], literal("[7]"), type=type)
    assert result(model.decision("d", needs("rate") + literal("rate()"))) == Decimal(7)


def test_an_argument_of_another_type_is_an_error_in_a_case(model):
    from engine.dmn import ValueNotConvertible

    model.others = knowledge("f", ["n: number"], literal("n"))
    with pytest.raises(ValueNotConvertible, match="n is viel, which is no number"):
        result(model.decision("d", needs("f") + literal('f("viel")')))


def test_an_argument_of_another_type_is_null_by_the_norm(model):
    model.others = knowledge("f", ["n: number"], literal("1"))
    assert by_the_norm(model.decision("d", needs("f") + literal('f("viel")'))) is None


def test_by_the_norm_only_arrows_make_inputs_visible(model):
    model.others = input_data("alter", "number")
    model.literal("ohne", "alter").decision("mit", needs("alter", kind="input") + literal("alter"))
    assert (by_the_norm(model, "ohne", alter=Decimal(1)), by_the_norm(model, "mit", alter=Decimal(1))) == (None, 1)


def test_names_with_special_characters_are_read(model):
    model.others = input_data("Kfz-Steuer (Jahr)/2") + input_data("größe + maß")
    arrows = needs("Kfz-Steuer (Jahr)/2", "größe + maß", kind="input")
    model.decision("d", arrows + literal("Kfz-Steuer (Jahr)/2 + größe + maß"))
    assert result(model, **{"Kfz-Steuer (Jahr)/2": 1, "größe + maß": 2}) == Decimal(3)


# -- decision services ------------------------------------------------------------------------------------------------


def service(outputs, inputs=(), decisions=()):
    parts = "".join(f'<outputDecision href="#{key}"/>' for key in outputs)
    parts += "".join(f'<inputDecision href="#{key}"/>' for key in decisions)
    parts += "".join(f'<inputData href="#{key}"/>' for key in inputs)
    return f'<decisionService id="dienst" name="dienst"><variable name="dienst"/>{parts}</decisionService>'


def test_a_service_is_called_with_inputs_before_decisions(model):
    model.others = input_data("a", "number") + service(["summe"], ["a"], ["b"])
    model.literal("b", "1").decision("summe", needs("b", kind="decision") + needs("a", kind="input") + literal("a - b"))
    assert result(model.decision("d", needs("dienst") + literal("dienst(10, 4)"))) == Decimal(6)


def test_a_service_does_not_change_what_others_see(model):
    model.others = service(["doppelt"], [], ["b"])
    model.literal("b", "1").decision("doppelt", needs("b", kind="decision") + literal("b * 2"))
    model.decision("d", needs("dienst") + needs("b", kind="decision") + literal("[dienst(5), b]"))
    assert result(model) == [Decimal(10), Decimal(1)]


def test_a_service_with_several_outputs_gives_a_context(model):
    model.others = service(["a", "b"])
    model.literal("a", "1").literal("b", "2").decision("d", needs("dienst") + literal("dienst().b"))
    assert result(model) == Decimal(2)


def test_what_is_decided_inside_a_service_is_told(model):
    model.others = service(["a"])
    model.literal("a", "1").decision("d", needs("dienst") + literal("dienst()"))
    assert load_decisions(model.xml())["d"].evaluate({}).trace.german() == ["a → 1", "d → 1"]


# -- imports ----------------------------------------------------------------------------------------------------------


def library():
    model = Model(others=input_data("Person", "tPerson") + item("tPerson", "Vor name: string"))
    model.others += knowledge("Gruß an", ["wen: string"], literal('"Hallo " + wen'))
    model.decision("anrede", needs("Person", kind="input") + literal('"Frau " + Person.Vor name'))
    return model.xml().replace(b'namespace="n"', b'namespace="bibliothek"')


IMPORT = '<import namespace="bibliothek" name="Bib liothek" importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>'


def test_a_decision_of_an_imported_model_is_named_with_the_import(model):
    model.others = IMPORT
    model.decision("d", needs("bibliothek#anrede", kind="decision") + literal("Bib liothek.anrede"))
    assert result(model, beside=[library()], Person={"Vor name": "Ada"}) == "Frau Ada"


def test_knowledge_of_an_imported_model_is_called(model):
    model.others = IMPORT
    model.decision("d", needs("bibliothek#Gruß an") + literal('Bib liothek.Gruß an("Ada")'))
    assert result(model, beside=[library()]) == "Hallo Ada"


def test_a_type_of_an_imported_model_is_known(model):
    model.others = IMPORT + input_data("wer", "Bib liothek.tPerson")
    model.decision("d", needs("wer", kind="input") + literal("wer.Vor name"))
    assert result(model, beside=[library()], wer={"Vor name": "Ada"}) == "Ada"


def test_what_is_wrong_in_an_imported_model_is_found(model):
    model.others = IMPORT
    wrong = library().replace(b"</definitions>", b'<decision id="x" name="x"/></definitions>')
    with pytest.raises(DmnRefused, match="has no logic"):
        load_decisions(model.literal("d", "1").xml(), [wrong])

# SPDX-License-Identifier: EUPL-1.2
"""What the reader takes from data objects, data stores and the associations drawn between them and the work."""

from engine.bpmn import Process
from engine.bpmn.model import Association
from tests.engine.reading import ROOTS, process

# -- data ------------------------------------------------------------------------------------------------------------


def data(inside: str) -> Process:
    """A process with a data object, one in a subprocess, a data store, and a task between them."""
    return process(
        '<dataObject id="o1" name="Form"/><dataObjectReference id="r1" name="Form [new]" dataObjectRef="o1"/>'
        '<dataObject id="o2"/><dataObjectReference id="r2" name="Reply" dataObjectRef="o2"/><dataObject id="o3"/>'
        '<dataStoreReference id="s1" dataStoreRef="register_store" name="Our register"/>'
        '<dataStoreReference id="s2" name="Archive"/><subProcess id="sub"><dataObject id="o4" name="Inner"/>'
        f"</subProcess>{inside}",
        roots=ROOTS,
    )


def test_data_objects_are_variables_of_the_scope_they_are_drawn_in():
    read = data("")
    assert read.data_objects == {"": ("Form", "Reply", "o3"), "sub": ("Inner",)}
    assert read.data_stores == {"s1": "Register", "s2": "Archive"}


def test_data_associations_copy_between_data_and_the_inputs_and_outputs_of_a_task():
    read = data(
        '<task id="x"><ioSpecification><dataInput id="i" name="given"/><dataOutput id="o" name="made"/>'
        "<inputSet/><outputSet/></ioSpecification>"
        "<dataInputAssociation><sourceRef>r1</sourceRef><targetRef>i</targetRef></dataInputAssociation>"
        "<dataInputAssociation><sourceRef>r1</sourceRef><sourceRef>r2</sourceRef><targetRef>i</targetRef>"
        "<transformation>=Form + Reply</transformation></dataInputAssociation>"
        "<dataOutputAssociation><sourceRef>o</sourceRef><targetRef>s1</targetRef><assignment><from>=made.id</from>"
        "<to>id</to></assignment></dataOutputAssociation></task>"
    ).nodes["x"]
    assert read.data_inputs == (
        Association(("Form",), "given"),
        Association(("Form", "Reply"), "given", "=Form + Reply"),
    )
    assert read.data_outputs == (Association(("made",), "Register", None, (("=made.id", "id"),)),)


def test_data_associations_as_a_modeller_draws_them_have_one_end_only():
    """What is read from a data object is in sight anyway; a store is read and written under its own name."""
    read = data(
        '<task id="x"><property id="p" name="__targetRef_placeholder"/>'
        "<dataInputAssociation><sourceRef>r1</sourceRef><targetRef>p</targetRef></dataInputAssociation>"
        "<dataInputAssociation><sourceRef>s1</sourceRef><targetRef>p</targetRef></dataInputAssociation>"
        "<dataOutputAssociation><targetRef>r2</targetRef></dataOutputAssociation>"
        "<dataOutputAssociation><targetRef>s2</targetRef></dataOutputAssociation></task>"
    ).nodes["x"]
    assert read.data_inputs == (Association(("Register",), "Register"),)
    assert read.data_outputs == (Association(("Reply",), "Reply"), Association(("Archive",), "Archive"))


def test_events_copy_data_too():
    read = data(
        '<startEvent id="x"><dataOutput id="o" name="got"/><dataOutputAssociation><sourceRef>o</sourceRef>'
        "<targetRef>r1</targetRef></dataOutputAssociation><outputSet/></startEvent>"
    ).nodes["x"]
    assert read.data_outputs == (Association(("got",), "Form"),)

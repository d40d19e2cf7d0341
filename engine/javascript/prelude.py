# SPDX-License-Identifier: EUPL-1.2
"""What surrounds a script inside the interpreter, in JavaScript: its globals, `execution`, and how results leave."""

#: A function of (script, variables, facts, those of a task or null, now, names that are not there). Its result is JSON.
PRELUDE = r"""
(function (source, variables, facts, ofTask, now, absent) {
  "use strict";
  const evaluate = eval, { stringify, rawJSON } = JSON, { defineProperty, fromEntries, setPrototypeOf } = Object;
  const toText = String, { isFinite } = Number, { construct } = Reflect;
  const RealDate = Date, RealError = Error;
  const unfit = [Map, Set, WeakMap, WeakSet, Promise, RegExp, Error, ArrayBuffer];
  const scope = new Map(variables), written = new Map(), local = new Map(), removed = new Set();
  const globals = globalThis, builtin = new Set(Object.getOwnPropertyNames(globals).concat("execution"));
  const value = (name, content) => defineProperty(globals, name, {
    value: content, writable: true, enumerable: true, configurable: true
  });

  class BpmnError extends RealError {
    constructor(code, message) { super(message ?? ""); this.code = toText(code); }
  }
  const execution = {
    getVariable: name => scope.has(name) ? scope.get(name) : null,
    hasVariable: name => scope.has(name),
    getVariables: () => fromEntries(scope),
    getVariableNames: () => [...scope.keys()],
    setVariable: (name, content) => keep(written, name, content),
    setVariableLocal: (name, content) => keep(local, name, content),
    setVariables: contents => { for (const name in contents) keep(written, name, contents[name]); },
    setVariablesLocal: contents => { for (const name in contents) keep(local, name, contents[name]); },
    removeVariable: name => {
      for (const where of [written, local, scope]) where.delete(name);
      removed.add(name);
      if (!builtin.has(name)) delete globals[name];
    }
  };
  function keep(where, name, content) {
    if (typeof name !== "string" || name === "") complain("the name of a variable is a text", 3);
    where.set(name, content);
    removed.delete(name);
    scope.set(name, content);
    if (!builtin.has(name)) value(name, content);
  }
  function complain(message, ownFunctions) {
    const error = new RealError(message);
    error.name = "Refused";
    // Without our own functions on top, so that the line named is one of the script.
    error.stack = error.stack.split("\n").slice(ownFunctions).join("\n");
    throw error;
  }
  const task = { ...execution };
  const tell = (object, known) => {
    for (const [name, content] of known) {
      object[name] = content;
      object["get" + name[0].toUpperCase() + name.slice(1)] = () => content;
    }
  };
  tell(execution, facts);
  tell(execution, [["businessKey", execution.processBusinessKey ?? null], ["processInstance", execution]]);

  const Clocked = new Proxy(RealDate, {
    construct: (target, given, type) => construct(target, given.length ? given : [now], type),
    apply: () => new RealDate(now).toString()
  });
  RealDate.now = () => now;
  RealDate.prototype.constructor = Clocked;
  value("Date", Clocked);
  value("execution", execution);
  if (ofTask) {
    tell(task, ofTask);
    tell(task, [["execution", execution], ["processInstanceId", execution.processInstanceId]]);
    builtin.add("task");
    value("task", task);
  }
  value("print", () => undefined);
  value("console", { log() {}, info() {}, warn() {}, error() {}, debug() {} });
  value("BpmnError", BpmnError);
  const bpm = { engine: { delegate: { BpmnError } } };
  value("org", { camunda: { bpm }, operaton: { bpm } });
  for (const name of absent) {
    defineProperty(globals, name, {
      configurable: true,
      get() { complain(name + " is not there: scripts reach neither Java nor files", 2); },
      set(content) { value(name, content); }
    });
  }
  for (const [name, content] of scope) if (!builtin.has(name)) value(name, content);

  // Without a prototype, so that nothing that a script hangs into one gets into the answer.
  const bare = fields => setPrototypeOf(fields, null);
  function plain(key, content) {
    if (typeof content === "bigint") return rawJSON(toText(content));
    if (typeof content === "function" || typeof content === "symbol") throw new TypeError("a function cannot be kept");
    if (typeof content === "number" && !isFinite(content)) {
      throw new TypeError("a calculation gave no number: " + content);
    }
    for (const type of unfit) {
      if (content instanceof type) throw new TypeError("a " + type.name + " is neither an object nor a list");
    }
    return content;
  }
  const kept = () => ({
    written: bare(fromEntries(written)), local: bare(fromEntries(local)), removed: [...removed]
  });
  function failure(error) {
    try {
      if (error instanceof BpmnError) return { code: toText(error.code), message: toText(error.message), ...kept() };
      if (!(error instanceof RealError)) return { failed: "it threw " + toText(error) };
      const place = /^ *at .*<input>:(\d+):\d+/.exec(error.stack ?? "");
      const line = place ? " (line " + place[1] + ")" : "";
      return { failed: toText(error.name + ": " + error.message).slice(0, 500) + line };
    } catch {
      return { failed: "it threw something that has no text" };
    }
  }

  const text = answer => stringify(bare(answer), plain);
  let result;
  try {
    result = evaluate(source);
  } catch (error) {
    return text(failure(error));
  }
  try {
    return text({ value: result, ...kept() });
  } catch (unusable) {
    try {
      return text({ unusable: toText(unusable.message), ...kept() });
    } catch (error) {
      return text({ failed: toText(error.message) });
    }
  }
})
"""

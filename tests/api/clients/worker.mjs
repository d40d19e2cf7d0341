// SPDX-License-Identifier: EUPL-1.2
// The same worker as worker.py, on the public JavaScript client:
//   node worker.mjs REST-ADDRESS AUTHORIZATION WAIT ACT...
// Prints a line of JSON for each task. The client polls by itself until all acts are done.
import { BasicAuthInterceptor, Client, Variables } from "camunda-external-task-client-js";

const [baseUrl, shown, wait, ...acts] = process.argv.slice(2);
const [scheme, ...secret] = shown.split(" ");
const bearer = (config) => ({ ...config, headers: { ...config.headers, Authorization: `Bearer ${secret[0]}` } });
const interceptors =
  scheme === "basic" ? new BasicAuthInterceptor({ username: secret[0], password: secret[1] }) : bearer;
const client = new Client({ baseUrl, interceptors, maxTasks: 1, interval: 50, asyncResponseTimeout: Number(wait) });

function stop(error) {
  if (error) {
    console.error(error);
    process.exitCode = 1;
  }
  client.stop();
}

client.on("poll:error", stop);

client.subscribe("stadt.druck", { includeExtensionProperties: true }, async ({ task, taskService }) => {
  const act = acts.shift();
  try {
    if (act === "complete") {
      const variables = new Variables();
      variables.set("wo", "Fach 3");
      variables.setTyped("liste", { type: "json", value: { a: [1, 2] }, valueInfo: {} });
      variables.set("anzahl", 3);
      const local = new Variables();
      local.set("blatt", 6);
      await taskService.complete(task, variables, local);
    } else if (act === "failure") {
      const retries = task.retries === null ? 1 : task.retries - 1;
      await taskService.handleFailure(task, { errorMessage: "Stau", errorDetails: "Walze 2", retries, retryTimeout: 0 });
    } else if (act === "bpmnError") {
      const variables = new Variables();
      variables.set("fach", 2);
      await taskService.handleBpmnError(task, "PAPIER", "leer", variables);
    } else if (act === "extendLock") {
      await taskService.extendLock(task, 3600000);
    } else if (act === "unlock") {
      await taskService.unlock(task);
    }
    const seen = { id: task.id, variables: task.variables.getAll(), properties: task.extensionProperties, act };
    console.log(JSON.stringify(seen));
    if (acts.length === 0) stop();
  } catch (error) {
    stop(error);
  }
});

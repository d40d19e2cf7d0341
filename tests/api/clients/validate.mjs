// SPDX-License-Identifier: EUPL-1.2
// Checks element templates against the schema by which the Camunda Modeler does: node validate.mjs FILE
import { readFileSync } from "node:fs";
import { validateAll } from "@bpmn-io/element-templates-validator";

const { results } = validateAll(JSON.parse(readFileSync(process.argv[2], "utf-8")));
const broken = results.filter(({ valid }) => !valid);
for (const { object, errors } of broken) console.error(object.id, JSON.stringify(errors));
console.log(`${results.length - broken.length} valid`);
process.exitCode = broken.length ? 1 : 0;

// node render.mjs JOB: for each {template, variables} of the job one line, {text} or {fault}, as @huggingface/jinja renders it.
import { readFileSync } from "node:fs";
import { Template } from "@huggingface/jinja";

for (const { template, variables } of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
  let answer;
  try {
    answer = { text: new Template(template).render(variables) };
  } catch (fault) {
    answer = { fault: String(fault.message) };
  }
  console.log(JSON.stringify(answer));
}

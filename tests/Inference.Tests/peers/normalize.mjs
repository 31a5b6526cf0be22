// node normalize.mjs JOB: for each text of the job one line with its four normal forms.
import { readFileSync } from "node:fs";

for (const text of JSON.parse(readFileSync(process.argv[2], "utf8")))
  console.log(JSON.stringify(["NFC", "NFD", "NFKC", "NFKD"].map((form) => text.normalize(form))));

// node tokenize.mjs JOB OUT: for each {file, texts, ids} of the job, the ids of every text and the text of every list of ids.
import { readFileSync, createWriteStream } from "node:fs";
import { createRequire } from "node:module";

const { Tokenizer } = createRequire(import.meta.url)("@anush008/tokenizers");
const [job, out] = process.argv.slice(2);
const { texts, ids, tokenizers } = JSON.parse(readFileSync(job, "utf8"));
const stream = createWriteStream(out);

for (const { file, json } of tokenizers) {
  const tokenizer = json ? Tokenizer.fromString(JSON.stringify(json)) : Tokenizer.fromFile(file);
  const encoded = [];
  for (const addSpecialTokens of [true, false])
    encoded.push((await tokenizer.encodeBatch(texts, { addSpecialTokens })).map((e) => e.getIds()));
  const decoded = await tokenizer.decodeBatch(encoded[1], true);
  const spoken = ids?.length ? await tokenizer.decodeBatch(ids, false) : [];
  stream.write(JSON.stringify({ special: encoded[0], plain: encoded[1], decoded, spoken }) + "\n");
}
stream.end();

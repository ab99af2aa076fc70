// Calls gateways with the SDK and prints, as JSON, what each call came to: what the caller is given, or the error, and
// the waits between attempts, in seconds. Waits end at once; what they were asked for is what counts.
//
// usage: node clients.js <<<'[{"url": "http://127.0.0.1:8080/v1", "call": "list", "key": "sk-any", "model": ""}, …]'

import { readFileSync } from 'node:fs';
import OpenAI from 'openai';

const TIMEOUT_MS = 599_999; // of a request: the SDK gives it to setTimeout as well
const calls = JSON.parse(readFileSync(0, 'utf8'));

const LONGEST_MS = 500_000; // what is longer is no wait but the end of a request

let waits = [];
const { setTimeout: later } = globalThis;
globalThis.setTimeout = (callback, ms, ...rest) => {
  const caller = new Error().stack.split('\n')[2]; // fetch sets timers of its own, which nobody waits for
  if (ms > LONGEST_MS || !caller.includes('/node_modules/openai/')) return later(callback, ms, ...rest);
  waits.push(ms / 1000);
  return later(callback, 0, ...rest);
};

async function listed(sdk) {
  const ids = [];
  for await (const model of sdk.models.list()) ids.push(model?.id ?? null);
  return ids;
}

const found = [];
for (const { url, call, key, model } of calls) {
  const sdk = new OpenAI({ baseURL: url, apiKey: key, timeout: TIMEOUT_MS });
  waits = [];
  try {
    const given = call === 'list' ? await listed(sdk) : ((await sdk.models.retrieve(model))?.id ?? null);
    found.push({ given, waits });
  } catch (error) {
    const told = error.status ? error.message.replace(`${error.status} `, '') : '';
    found.push({ raised: error.constructor.name, told, code: error.code ?? null, waits });
  }
}
console.log(JSON.stringify(found));

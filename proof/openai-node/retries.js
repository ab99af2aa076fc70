// Calls a mock with the SDK and prints, as JSON, what each call waited for between its attempts, in seconds.
// Waits end at once; what they were asked for is what counts.
//
// usage: node retries.js BASE_URL MODEL <<<'[["list", "code=429, retry-after=30"], …]'

import { readFileSync } from 'node:fs';
import OpenAI from 'openai';

const TIMEOUT_MS = 599_999; // of a request: the SDK gives it to setTimeout as well
const [baseURL, model] = process.argv.slice(2);
const calls = JSON.parse(readFileSync(0, 'utf8'));

let waits = [];
const { setTimeout: later } = globalThis;
globalThis.setTimeout = (callback, ms, ...rest) => {
  const caller = new Error().stack.split('\n')[2]; // fetch sets timers of its own, which nobody waits for
  if (ms === TIMEOUT_MS || !caller.includes('/node_modules/openai/')) return later(callback, ms, ...rest);
  waits.push(ms / 1000);
  return later(callback, 0, ...rest);
};

const found = [];
for (const [operation, prefer] of calls) {
  const sdk = new OpenAI({ baseURL, apiKey: 'sk-any', timeout: TIMEOUT_MS, defaultHeaders: { Prefer: prefer } });
  waits = [];
  try {
    await (operation === 'list' ? sdk.models.list() : sdk.models.retrieve(model));
    throw new Error(`${operation} with "${prefer}" was answered without an error`);
  } catch (error) {
    if (!(error instanceof OpenAI.APIError)) throw error;
    found.push({ status: error.status, waits });
  }
}
console.log(JSON.stringify(found));

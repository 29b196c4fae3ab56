// sourcemeta.mjs: @sourcemeta/jsonschema as a judge of contracts, by both its ways of compiling.
//
// The program is looked for in a folder's node_modules, and fetched there once by npm when it is
// absent. Its one switch asserts all formats or none, so it is asked without the formats that the
// contract only describes.
import { join } from 'node:path';
import { AskSourcemeta, fetchPeers } from '../schema/peers_judges.mjs';

const isBox = (value) => typeof value === 'object' && value !== null;

function withoutFormats(schema, kept) {
  if (!isBox(schema)) return schema;
  if (Array.isArray(schema)) return schema.map((one) => withoutFormats(one, kept));
  const isIdle = (name, value) => name === 'format' && typeof value === 'string' && !kept.includes(value);
  return Object.fromEntries(Object.entries(schema).filter(([name, value]) => !isIdle(name, value)).map(([name, value]) => [name, withoutFormats(value, kept)]));
}

// Its time grows faster than the number of events that fail.
const BATCH = 400;

// A character an event; where it gives up on one, all after it stay without an answer, so the list is
// halved until that one stands alone.
function ask(judge, schema, events, fast) {
  const said = judge.verdicts('2020-12', schema, events, fast);
  if (said.length === events.length) return said;
  if (events.length === 1) return 'X';
  const half = events.length >> 1;
  return ask(judge, schema, events.slice(0, half), fast) + ask(judge, schema, events.slice(half), fast);
}

// verdicts(contract's text, events' texts, fast): a character an event, '1' valid, '0' invalid, 'X' it
// ended with an error. undefined: the program is not there and cannot be fetched.
export function sourcemetaFrom(folder) {
  let peers;
  try {
    peers = fetchPeers(folder);
  } catch {
    return undefined;
  }
  return (text, events, fast) => {
    const contract = JSON.parse(text);
    const asserted = contract['x-steno'].assert_formats;
    const schema = asserted === undefined ? text : JSON.stringify(withoutFormats(contract, asserted));
    const judge = new AskSourcemeta(peers, join(folder, 'desk'), { formats: asserted?.length !== 0 });
    const batches = Array.from({ length: Math.ceil(events.length / BATCH) }, (_, i) => events.slice(i * BATCH, (i + 1) * BATCH));
    return batches.map((batch) => ask(judge, schema, batch, fast)).join('');
  };
}

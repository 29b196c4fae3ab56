// make.mjs: writes the documents of each kind to ../KIND/documents.ndjson: node make.mjs [KIND…]
//
// The same kind gives the same documents on every machine. One in ten has something wrong, if its schema minds.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Draw, spoil } from './draw.mjs';
import { KINDS } from './kinds.mjs';

const folder = dirname(dirname(fileURLToPath(import.meta.url)));

function* documents(kind, make, bytes) {
  const draw = new Draw(kind);
  for (let i = 1; bytes > 0; i++) {
    const whole = make(draw);
    const text = JSON.stringify(i % 10 === 0 ? spoil(draw, whole) : whole);
    bytes -= Buffer.byteLength(text);
    yield `${text}\n`;
  }
}

for (const [kind, [make, bytes]] of Object.entries(KINDS))
  if (process.argv.length === 2 || process.argv.includes(kind))
    writeFileSync(join(folder, kind, 'documents.ndjson'), [...documents(kind, make, bytes)].join(''));

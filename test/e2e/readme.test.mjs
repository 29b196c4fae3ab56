// The sessions of README.md and the docs are typed as they stand, and print what they say. Lines after "$ " are typed;
// what follows is expected, with these allowances: a UUID, a time and a port of one's own stand for any.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { removeFolder, Recorder, STENO, temporaryFolder } from './harness.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

function sessions(markdown) {
    const steps = [];
    for (const [, block] of markdown.matchAll(/```console\n([\s\S]*?)```/g)) {
        let step;
        for (const line of block.split('\n')) {
            if (line.startsWith('$ ')) { step = { typed: line.slice(2), expected: [] }; steps.push(step); }
            else if (line.startsWith('> ') && step && step.expected.length === 0) step.typed += `\n${line.slice(2)}`;
            else if (step) step.expected.push(line);
        }
    }
    return steps;
}

const general = (text) => text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?/g, 'TIME')
    .replace(/"(trace_id|span_id)":"[0-9a-f]+"/g, '"$1":"HEX"')
    .trimEnd();

// Types every step of a page in a folder of its own, beside a recorder of its own.
async function type(t, page, least) {
    const folder = temporaryFolder();
    t.after(() => removeFolder(folder));
    const store = join(folder, 'share/steno/steno.db');
    const steps = sessions(readFileSync(join(root, page), 'utf8'));
    assert.ok(steps.length >= least, `${page} has a session`);
    // The session's recorder is ./do run's: the same program, on a store of its own, at a free port.
    mkdirSync(dirname(store), { recursive: true });
    const recorder = await new Recorder(store).start();
    t.after(() => recorder.kill());
    mkdirSync(join(folder, 'bin'));
    symlinkSync(STENO, join(folder, 'bin/steno'));
    const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}`, XDG_DATA_HOME: join(folder, 'share'), HOME: folder, USER: 'ada', LOGNAME: 'ada' };
    delete env.STENO_STORE;
    delete env.STENO_URL;
    for (const { typed, expected } of steps) {
        if (/^(git clone|\.\/do |export PATH)/.test(typed)) continue; // ./do test itself runs these
        const command = typed.replaceAll('localhost:4318', `localhost:${recorder.port}`);
        const ran = spawnSync('sh', ['-c', command], { cwd: folder, env, encoding: 'utf8', timeout: 20000 });
        assert.equal(general(ran.stdout + ran.stderr).replaceAll(`:${recorder.port}`, ':4318'), general(expected.join('\n')), `$ ${typed}`);
    }
}

test('the session in the README works as printed', { timeout: 60000 }, (t) => type(t, 'README.md', 6));
test('the worked example of the store format works as printed', { timeout: 60000 }, (t) => type(t, 'docs/store-format.md', 5));

// Which contract an event is held against: a second reading of the rules of detection, over the
// events of every case of every contract's table, as they are and with each mark taken away, added
// and altered, shuffled into one stream. The recorders observe, so that an event that breaks its
// contract is recorded under it too.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { startRecorder } from './harness.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const tables = join(root, 'test/contract/cases');

const FAMILIES = /^(?:message|vm\.lifecycle|bootstrap\..*|usage|cleanup|command\..*|command Failed|summary)$/s;
const TAGS = new Set(['Message', 'OverlayPrepared', 'EphemeralLayerDiscarded', 'VmLaunched', 'ShutdownRequested',
    'CooperativeAttempted', 'CooperativeSucceeded', 'CooperativeTimedOut', 'ShutdownEscalated', 'ShutdownComplete',
    'BootstrapPlanned', 'BootstrapStarted', 'BootstrapStep', 'BootstrapCompleted', 'BootstrapFailed', 'CleanupProgress']);

// The first that holds; undefined: none does.
function detect(event) {
    const has = (name) => Object.hasOwn(event, name);
    const names = Object.keys(event);
    if (event.event_version === 'v0') return 'agent-event@v0';
    if (event.contract === 'steno@1') return 'steno@1';
    if (event.event_version === '1.0' || event.event_type === 'session_start' || event.event_type === 'session_end')
        return 'session-events@1.0';
    if (has('session_id') && has('timestamp') &&
        names.every((name) => ['session_id', 'timestamp', 'metadata', 'event_type'].includes(name)))
        return 'session-events@1.0';
    if (event.schema === 'brewva.event.v1' ||
        (has('sessionId') && has('type') && typeof event.timestamp === 'number')) return 'runtime-events@1';
    if (has('event_type') && (has('sequence') || has('tick') || has('event_number'))) return 'resource-events@1';
    if (typeof event.type === 'string' && FAMILIES.test(event.type)) return 'operations-events@v1';
    if (!has('type') && names.length === 1 && TAGS.has(names[0])) return 'operations-events@v1';
    if (event.contract === 'castra-events' && names.every((name) => ['contract', 'version'].includes(name)))
        return 'operations-events@v1';
    return undefined;
}

// Every contract, with the types that it names and, where it takes others too, how an event states one.
const contracts = new Map(readdirSync(join(root, 'contracts')).filter((name) => /(?<!schema)\.json$/.test(name)).map((name) => {
    const { name: own, version, classify, aliases, unknown_types: unknown } =
        JSON.parse(readFileSync(join(root, 'contracts', name), 'utf8'))['x-steno'];
    const types = new Set([...classify.flatMap((rule) => rule.types ?? []), ...Object.keys(aliases?.types ?? {})]);
    return [`${own}@${version}`, { file: name.replace(/json$/, 'ndjson'), types, open: unknown === 'keep' }];
}));

// What becomes of an event for which a contract is named: the contract, or those that claim it.
function named(contract, event) {
    if (contract === 'steno@1') return 'reserved';
    const marks = detect(event);
    const { open, types } = contracts.get(contract);
    const type = contract === 'resource-events@1' ? event.event_type : event.type;
    const isPreamble = contract === 'operations-events@v1' && !Object.hasOwn(event, 'type') && event.contract === 'castra-events';
    const knows = isPreamble || (typeof type === 'string' && types.has(type));
    if (!open || knows || marks === undefined || marks === contract) return contract;
    return [contract, marks];
}

// A fixed shuffle, so that a failure can be seen again.
function shuffle(list, seed) {
    let state = seed;
    const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
    for (let i = list.length - 1; i > 0; i--) {
        const j = next() % (i + 1);
        [list[i], list[j]] = [list[j], list[i]];
    }
    return list;
}

const isEvent = (event) => event !== null && typeof event === 'object' && !Array.isArray(event);
const cases = [...contracts.values()].flatMap(({ file }) =>
    readFileSync(join(tables, file), 'utf8').split('\n').filter(Boolean)
        // as it is written again here: 1e999 is no number any more, -0 is 0
        .map((line) => JSON.parse(JSON.stringify(JSON.parse(line).event))).filter(isEvent));

const MARKS = {
    contract: ['steno@1', 'castra-events', 'steno@2', null],
    version: ['v1', 1],
    event_version: ['v0', '1.0', 'v1', 1.0, null],
    event_type: ['session_start', 'session_end', 'resource_spent', 'run.started', null],
    session_id: ['s'],
    timestamp: ['2026-02-06T13:45:07Z', 1770385507123, '1770385507123', null],
    metadata: [{}],
    schema: ['brewva.event.v1', 'brewva.event.v2'],
    sessionId: ['s', null],
    type: ['message', 'command Failed', 'bootstrap.rehearsed', 'bootstrapped', 'Message', 'tea.time', 'session_start', null],
    sequence: [1, null],
    tick: [0],
    event_number: [0],
};

// The event without each of its marks, and with each mark that it lacks or has otherwise: every
// event loses each, and gains `some` of the others in turn.
function* altered(event, at, some) {
    for (const mark of Object.keys(MARKS))
        if (Object.hasOwn(event, mark)) {
            const { [mark]: _, ...rest } = event;
            yield rest;
        }
    const others = Object.entries(MARKS).flatMap(([mark, values]) => values.map((value) => ({ ...event, [mark]: value })));
    for (let i = 0; i < some; i++) yield others[(at * some + i) % others.length];
}

// One and the same id is recorded once, and conflicts with itself in other bytes: no two are alike.
function unlike(event, at) {
    const own = { ...event };
    for (const name of ['event_id', 'id']) if (typeof own[name] === 'string') own[name] = `${at} ${own[name]}`;
    return own;
}

const observing = [...contracts.keys()].filter((name) => name !== 'steno@1').flatMap((name) => ['--mode', `${name}=observe`]);

// What became of each event: its contract, or the refusal's code with its candidates.
async function outcomes(recorder, events, query = '') {
    const told = [];
    const outcome = [];
    for (let from = 0; from < events.length; from += 500) {
        const lines = events.slice(from, from + 500).map((event) => JSON.stringify(event));
        const answer = await recorder.postLines(lines, { path: `/v1/events${query}` });
        assert.ok(answer.json?.errors !== undefined || answer.json?.accepted === lines.length, answer.text.slice(0, 500));
        assert.equal(answer.json.duplicates + answer.json.conflicts, 0, answer.text.slice(0, 500));
        for (const error of answer.json.errors ?? []) outcome[from + error.index] = error;
    }
    for (;;) {
        const page = await recorder.all(`&limit=1000&after=${told.at(-1)?.seq ?? 0}`);
        if (page.length === 0) break;
        told.push(...page);
    }
    const recorded = told.filter(({ contract }) => contract !== 'steno@1');
    return events.map((event, i) => {
        if (outcome[i] !== undefined) return outcome[i];
        const line = recorded.shift();
        assert.equal(JSON.stringify(line?.event), JSON.stringify(event), `event ${i} is recorded, in its place`);
        return line.contract;
    });
}

test('V3: every event of a shuffled stream of all contracts lands where its marks say, or nowhere', async (t) => {
    const recorder = await startRecorder(t, observing);
    const stream = shuffle([...cases, ...cases.flatMap((event, at) => [...altered(event, at, 3)])], 20260207).map(unlike);
    const seen = new Map();
    for (const [i, outcome] of (await outcomes(recorder, stream)).entries()) {
        const expected = detect(stream[i]);
        const text = JSON.stringify(stream[i]);
        if (expected === undefined) {
            assert.deepEqual([outcome.error, outcome.candidates], ['contract_ambiguous', []], text);
        } else if (expected === 'steno@1') assert.equal(outcome.error, 'contract_reserved', text);
        else assert.equal(outcome, expected, text);
        seen.set(expected, (seen.get(expected) ?? 0) + 1);
    }
    for (const contract of [undefined, ...contracts.keys()])
        assert.ok(seen.get(contract) >= 80, `${seen.get(contract)} events of ${contract}`);
    t.diagnostic(`${stream.length} events: ${[...seen].map(([contract, count]) => `${contract} ${count}`).join(', ')}`);
});

for (const contract of contracts.keys())
    test(`V3: ${contract}, named, is what every event is held against, but what it does not know and another claims`, async (t) => {
        const recorder = await startRecorder(t, observing);
        const events = cases.map(unlike);
        const counts = {};
        for (const [i, outcome] of (await outcomes(recorder, events, `?contract=${contract}`)).entries()) {
            const expected = named(contract, events[i]);
            const text = JSON.stringify(events[i]);
            if (expected === 'reserved') assert.equal(outcome.error, 'contract_reserved', text);
            else if (Array.isArray(expected)) assert.deepEqual([outcome.error, outcome.candidates], ['contract_ambiguous', expected], text);
            else assert.equal(outcome, expected, text);
            counts[String(outcome.error ?? outcome)] = (counts[String(outcome.error ?? outcome)] ?? 0) + 1;
        }
        t.diagnostic(JSON.stringify(counts));
    });

test('V3: a version that there is not is refused with those there are', async (t) => {
    const recorder = await startRecorder(t);
    const answer = await recorder.post('{}', { path: '/v1/events?contract=session-events@2.0' });
    assert.equal(answer.status, 422, answer.text);
    assert.match(answer.json.message, /1\.0/);
    const stated = await recorder.post(JSON.stringify({ event_version: '2.0', event_type: 'session_start' }));
    assert.equal(stated.status, 400, stated.text);
    assert.match(stated.text, /unsupported version \\"2\.0\\"; session-events has: 1\.0/);
});

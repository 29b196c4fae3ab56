// harness.mjs: a recorder of one's own for a test: started on a free port, ended with the test.
//
// STENO_BIN and STENO_GENERATE name the programs under test (set by meson).
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const STENO = process.env.STENO_BIN;
export const GENERATE = process.env.STENO_GENERATE;
if (!STENO) throw new Error('STENO_BIN must name the steno binary');

export const temporaryFolder = () => mkdtempSync(join(tmpdir(), 'steno-e2e-'));
export const removeFolder = (folder) => rmSync(folder, { recursive: true, force: true });

export class Recorder {
    constructor(store, options = []) {
        this.store = store;
        this.options = options;
        this.agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
    }

    async start() {
        this.said = '';
        this.process = spawn(STENO, ['serve', '--store', this.store, '--listen',
            `127.0.0.1:${this.port ?? 0}`, ...this.options], { stdio: ['ignore', 'pipe', 'pipe'] });
        this.ended = new Promise((resolve) => this.process.once('exit', (code, signal) => resolve({ code, signal })));
        await new Promise((resolve, reject) => {
            const late = setTimeout(() => reject(new Error(`no address within 20 s: ${this.said}`)), 20000);
            const hear = (piece) => {
                this.said += piece;
                const address = /http:\/\/127\.0\.0\.1:(\d+)/.exec(this.said);
                if (address && this.said.slice(address.index + address[0].length).includes('\n')) {
                    clearTimeout(late);
                    this.port = Number(address[1]);
                    resolve();
                }
            };
            this.process.stdout.on('data', hear);
            this.process.stderr.on('data', hear);
            this.process.once('exit', (code) => reject(new Error(`steno serve ended with ${code}: ${this.said}`)));
        });
        return this;
    }

    async kill(signal = 'SIGKILL') {
        this.process.kill(signal);
        this.agent.destroy();
        this.agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
        return this.ended;
    }

    stop() { return this.kill('SIGTERM'); }

    // {status, headers, text, json}; rejects when the connection breaks before the answer's end.
    request(method, path, { body, headers = {} } = {}) {
        return new Promise((resolve, reject) => {
            const request = http.request({ host: '127.0.0.1', port: this.port, method, path, headers, agent: this.agent });
            request.on('response', (answer) => {
                const pieces = [];
                answer.on('data', (piece) => pieces.push(piece));
                answer.on('error', reject);
                answer.on('aborted', () => reject(new Error('cut off')));
                answer.on('end', () => {
                    const bytes = Buffer.concat(pieces);
                    const text = bytes.toString();
                    let json;
                    try { json = JSON.parse(text); } catch { json = undefined; }
                    resolve({ status: answer.statusCode, headers: answer.headers, bytes, text, json });
                });
            });
            request.on('error', reject);
            if (body === undefined) request.end();
            else if (typeof body === 'function') body(request);
            else request.end(body);
        });
    }

    get(path, headers) { return this.request('GET', path, { headers }); }

    post(body, { path = '/v1/events', type = 'application/json', headers = {} } = {}) {
        return this.request('POST', path, { body, headers: { 'content-type': type, ...headers } });
    }

    postLines(lines, options = {}) {
        return this.post(lines.join('\n') + '\n', { type: 'application/x-ndjson', ...options });
    }

    // Every recorded line, parsed, in seq order.
    async all(query = '') {
        const { status, text } = await this.get(`/v1/events?format=ndjson&level=debug${query}`);
        if (status !== 200) throw new Error(`query: ${status} ${text}`);
        return text.split('\n').filter(Boolean).map((line) => JSON.parse(line));
    }
}

export async function startRecorder(t, options = []) {
    const folder = temporaryFolder();
    const recorder = await new Recorder(join(folder, 'steno.db'), options).start();
    t.after(async () => {
        await recorder.kill();
        removeFolder(folder);
    });
    return recorder;
}

// `count` distinct events of the standard load, as text.
export function load(count, seed = 1, streams = 1000) {
    const made = spawnSync(GENERATE, [count, streams, seed].map(String), { maxBuffer: 1 << 30 });
    if (made.status !== 0) throw new Error(`generate ended with ${made.status}`);
    return made.stdout.toString().split('\n').filter(Boolean);
}

export const runSteno = (args, options = {}) =>
    spawnSync(STENO, args, { encoding: 'utf8', maxBuffer: 1 << 30, ...options });

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

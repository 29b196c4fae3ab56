// ci.mjs: what builds and tests a repository, for three services, and what keeps it up to date.

const RUN = ['npm ci', 'npm test', 'make -j2', 'cargo test --all-features', 'go vet ./...', 'pytest -q --maxfail=1', 'mvn -B verify', 'cmake --build build', './scripts/lint.sh', 'docker build -t app .', 'echo "done" >> "$GITHUB_STEP_SUMMARY"'];
const script = (d) => (d.chance(0.3) ? d.many(2, 6, () => d.pick(RUN)).join('\n') : d.pick(RUN));

function workflowStep(d) {
  if (d.chance(0.45))
    return { name: d.maybe(0.6, () => `Set up ${d.noun()}`), uses: `${d.pick(['actions', d.noun()])}/${d.kebab()}@${d.pick(['v4', 'v5', d.hex(40)])}`, with: d.maybe(0.6, () => d.map(1, 4, () => d.kebab(), () => d.pick(['22', d.int(1, 30), true, '${{ matrix.os }}', d.kebab()]))) };
  return { name: d.maybe(0.7, () => d.sentence()), id: d.maybe(0.1, () => d.noun()), if: d.maybe(0.2, () => "github.event_name == 'push'"), run: script(d), env: d.maybe(0.2, () => ({ [d.snake().toUpperCase()]: d.pick(['${{ secrets.TOKEN }}', 1, d.noun()]) })), 'working-directory': d.maybe(0.1, () => d.noun()), shell: d.maybe(0.1, () => 'bash') };
}

export function workflow(d) {
  const names = [...new Set(d.many(1, 6, () => d.kebab(d.int(1, 2))))];
  const job = (i) =>
    d.chance(0.12)
      ? { uses: `${d.noun()}/${d.noun()}/.github/workflows/${d.noun()}.yml@main`, with: { level: d.noun() }, secrets: 'inherit' }
      : {
          name: d.maybe(0.4, () => d.clause()),
          needs: i > 0 ? d.maybe(0.6, () => d.some(names.slice(0, i), 1, 2)) : undefined,
          'runs-on': d.pick(['ubuntu-latest', 'ubuntu-22.04', '${{ matrix.os }}', ['self-hosted', 'linux']]),
          strategy: d.maybe(0.4, () => ({ 'fail-fast': false, matrix: { os: ['ubuntu-latest', 'macos-latest', 'windows-latest'], version: d.many(1, 4, () => d.int(14, 24)), include: d.maybe(0.3, () => [{ os: 'ubuntu-latest', version: 25, experimental: true }]) } })),
          'timeout-minutes': d.maybe(0.4, () => d.int(5, 60)),
          permissions: d.maybe(0.2, () => ({ contents: 'read', packages: d.pick(['read', 'write']) })),
          env: d.maybe(0.2, () => ({ CI: true, [d.snake().toUpperCase()]: d.noun() })),
          services: d.maybe(0.1, () => ({ postgres: { image: 'postgres:16', env: { POSTGRES_PASSWORD: 'x' }, ports: ['5432:5432'], options: '--health-cmd pg_isready' } })),
          steps: [{ uses: 'actions/checkout@v4' }, ...d.many(1, 12, () => workflowStep(d))],
        };
  const on = d.pick(['push', ['push', 'pull_request'], { push: { branches: ['main', 'release/**'], 'paths-ignore': d.maybe(0.5, () => ['docs/**']) }, pull_request: d.pick([null, { branches: ['main'], types: ['opened', 'synchronize'] }]) }, { schedule: [{ cron: `${d.int(0, 59)} ${d.int(0, 23)} * * 1` }], workflow_dispatch: { inputs: { level: { description: 'How much is said', type: 'choice', options: ['info', 'debug'], default: 'info' } } } }]);
  return {
    name: d.maybe(0.9, () => d.pascal()),
    on,
    permissions: d.maybe(0.4, () => d.pick(['read-all', { contents: 'read' }, { contents: 'write', 'id-token': 'write', 'pull-requests': 'write' }])),
    concurrency: d.maybe(0.4, () => ({ group: '${{ github.workflow }}-${{ github.ref }}', 'cancel-in-progress': true })),
    env: d.maybe(0.3, () => ({ CARGO_TERM_COLOR: 'always', RETRIES: d.int(1, 5) })),
    jobs: Object.fromEntries(names.map((name, i) => [name, job(i)])),
  };
}

export function pipeline(d) {
  const stages = ['build', 'test', 'deploy'];
  const job = () => ({
    stage: d.pick(stages),
    extends: d.maybe(0.3, () => d.pick(['.base', ['.base', '.cached']])),
    image: d.maybe(0.5, () => d.pick(['node:22', 'python:3.12-slim', { name: 'alpine:3.20', entrypoint: [''] }])),
    needs: d.maybe(0.3, () => d.many(1, 3, () => d.pick([d.kebab(), { job: d.kebab(), artifacts: true }]))),
    script: d.many(1, 6, () => script(d)),
    before_script: d.maybe(0.2, () => ['apt-get update -q']),
    variables: d.maybe(0.3, () => ({ [d.snake().toUpperCase()]: d.noun(), DEPTH: 1 })),
    rules: d.maybe(0.5, () => d.many(1, 4, () => ({ if: "$CI_PIPELINE_SOURCE == 'merge_request_event'", when: d.maybe(0.5, () => d.pick(['always', 'never', 'manual'])), changes: d.maybe(0.3, () => ['src/**/*', `${d.noun()}.lock`]) }))),
    only: d.maybe(0.1, () => ['main', 'tags']),
    cache: d.maybe(0.3, () => ({ key: d.pick(['$CI_COMMIT_REF_SLUG', { files: ['package-lock.json'] }]), paths: ['node_modules/'], policy: 'pull-push' })),
    artifacts: d.maybe(0.4, () => ({ paths: ['dist/', 'coverage/'], expire_in: '1 week', when: 'always', reports: d.maybe(0.5, () => ({ junit: 'report.xml' })) })),
    retry: d.maybe(0.2, () => d.pick([2, { max: 1, when: ['runner_system_failure', 'stuck_or_timeout_failure'] }])),
    tags: d.maybe(0.3, () => ['docker', 'linux']),
    environment: d.maybe(0.15, () => ({ name: 'production', url: 'https://app.example', deployment_tier: 'production' })),
    allow_failure: d.maybe(0.2, () => d.pick([true, { exit_codes: [137, 255] }])),
    coverage: d.maybe(0.1, () => '/TOTAL.*\\s+(\\d+%)$/'),
    parallel: d.maybe(0.1, () => d.int(2, 8)),
    interruptible: d.maybe(0.3, () => true),
  });
  return {
    stages,
    include: d.maybe(0.4, () => d.many(1, 4, () => d.pick([{ local: '/ci/base.yml' }, { template: 'Security/SAST.gitlab-ci.yml' }, { project: 'ops/ci', ref: 'main', file: ['/lint.yml', '/deploy.yml'] }, 'ci/more.yml']))),
    default: d.maybe(0.4, () => ({ image: 'node:22', interruptible: true, retry: 1 })),
    variables: d.maybe(0.6, () => ({ GIT_DEPTH: 10, LOG: { value: 'info', description: 'How much is said', options: ['info', 'debug'] } })),
    workflow: d.maybe(0.3, () => ({ rules: [{ if: '$CI_COMMIT_BRANCH' }, { when: 'always' }] })),
    '.base': { image: 'node:22', before_script: ['npm ci'] },
    '.cached': { cache: { key: 'x', paths: ['.cache/'] } },
    ...d.map(2, 14, () => d.kebab(), job),
  };
}

function circleStep(d, depth = 0) {
  return d.pick([
    'checkout',
    { run: script(d) },
    { run: { name: d.sentence(), command: script(d), no_output_timeout: d.maybe(0.3, () => '20m'), environment: d.maybe(0.2, () => ({ NODE_ENV: 'test' })) } },
    { restore_cache: { keys: ['v1-{{ checksum "package-lock.json" }}', 'v1-'] } },
    { save_cache: { key: 'v1-{{ checksum "package-lock.json" }}', paths: ['~/.npm'] } },
    { store_test_results: { path: 'reports' } },
    { store_artifacts: { path: 'coverage', destination: d.maybe(0.5, () => 'cov') } },
    { persist_to_workspace: { root: '.', paths: ['dist', 'build'] } },
    { attach_workspace: { at: '/tmp/w' } },
    `${d.noun()}/install`,
    { [`${d.noun()}/${d.noun()}`]: { version: d.semver() } },
    depth < 1 ? { when: { condition: { or: [{ equal: ['main', '<< pipeline.git.branch >>'] }, '<< parameters.force >>'] }, steps: d.many(1, 3, () => circleStep(d, 1)) } } : 'checkout',
  ]);
}

export function circle(d) {
  const names = [...new Set(d.many(2, 8, () => d.kebab(2)))];
  const job = () => ({
    ...d.pick([{ docker: [{ image: 'cimg/node:22.1', environment: { CI: true } }, { image: 'cimg/postgres:16.1' }] }, { machine: { image: 'ubuntu-2204:current', docker_layer_caching: true } }, { executor: { name: 'main', tag: '1' } }, { macos: { xcode: '16.0.0' } }]),
    resource_class: d.maybe(0.4, () => d.pick(['small', 'large', 'xlarge'])),
    parallelism: d.maybe(0.2, () => d.int(2, 8)),
    parameters: d.maybe(0.2, () => ({ force: { type: 'boolean', default: false }, target: { type: 'enum', enum: ['x64', 'arm64'], default: 'x64' }, note: { type: 'string', default: '' } })),
    steps: d.many(2, 14, () => circleStep(d)),
  });
  return {
    version: 2.1,
    orbs: d.maybe(0.6, () => d.map(1, 4, () => d.noun(), () => `${d.noun()}x/${d.noun()}@${d.int(1, 9)}.${d.int(0, 9)}.${d.int(0, 9)}`)),
    executors: d.maybe(0.5, () => ({ main: { docker: [{ image: 'cimg/base:2024.01' }], resource_class: 'medium' } })),
    commands: d.maybe(0.4, () => ({ [d.kebab()]: { description: d.sentence(), parameters: { key: { type: 'string', default: 'v1' } }, steps: d.many(1, 5, () => circleStep(d)) } })),
    jobs: Object.fromEntries(names.map((name) => [name, job()])),
    workflows: { main: { jobs: names.map((name) => d.pick([name, { [name]: { requires: d.some(names, 1, 2), context: ['org'], filters: { branches: { only: ['main', '/release.*/'] } } } }])) } },
  };
}

export function updates(d) {
  return {
    version: 2,
    registries: d.maybe(0.3, () => d.map(1, 3, () => d.kebab(), () => d.pick([{ type: 'npm-registry', url: d.url(), token: '${{secrets.T}}' }, { type: 'docker-registry', url: d.host(), username: d.noun(), password: '${{secrets.P}}' }, { type: 'hex-organization', organization: d.noun(), key: '${{secrets.K}}' }]))),
    updates: d.many(1, 8, () => ({
      'package-ecosystem': d.pick(['npm', 'github-actions', 'cargo', 'pip', 'docker', 'gomod', 'maven']),
      ...d.pick([{ directory: '/' }, { directory: `/${d.noun()}` }, { directories: ['/', `/${d.noun()}/*`] }]),
      schedule: d.pick([{ interval: 'weekly', day: 'monday', time: '05:30', timezone: 'Europe/Paris' }, { interval: 'daily' }, { interval: 'cron', cronjob: '0 6 * * *' }]),
      'open-pull-requests-limit': d.maybe(0.5, () => d.int(0, 20)),
      labels: d.maybe(0.4, () => ['dependencies', d.noun()]),
      reviewers: d.maybe(0.3, () => [d.kebab()]),
      'commit-message': d.maybe(0.3, () => ({ prefix: 'deps', include: 'scope' })),
      groups: d.maybe(0.4, () => d.map(1, 4, () => d.kebab(), () => ({ patterns: [`${d.noun()}*`, `@${d.noun()}/*`], 'update-types': d.maybe(0.5, () => ['minor', 'patch']) }))),
      ignore: d.maybe(0.4, () => [...new Set(d.many(1, 5, () => d.kebab()))].map((n) => ({ 'dependency-name': n, 'update-types': d.maybe(0.6, () => ['version-update:semver-major']), versions: d.maybe(0.2, () => ['4.x']) }))),
      'versioning-strategy': d.maybe(0.2, () => 'increase'),
    })),
  };
}

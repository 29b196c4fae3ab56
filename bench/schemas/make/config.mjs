// config.mjs: settings of tools, containers and clusters.

export function buildPresets(d) {
  const version = d.int(1, 6);
  const condition = () => d.pick([true, { type: 'equals', lhs: '${hostSystemName}', rhs: 'Linux' }, { type: 'anyOf', conditions: [{ type: 'matches', string: '$env{CI}', regex: '^t' }, { type: 'not', condition: { type: 'const', value: false } }] }, { type: 'inList', string: '${hostSystemName}', list: ['Linux', 'Darwin'] }]);
  const base = () => ({ name: d.kebab(), displayName: d.maybe(0.6, () => d.sentence()), hidden: d.maybe(0.2, () => true), inherits: d.maybe(0.5, () => d.pick([d.noun(), [d.noun(), d.adjective()]])), environment: d.maybe(0.2, () => ({ [d.snake().toUpperCase()]: d.pick([d.noun(), null]) })), condition: version >= 3 ? d.maybe(0.3, condition) : undefined });
  const configure = () => ({ ...base(), generator: d.maybe(0.7, () => d.pick(['Ninja', 'Ninja Multi-Config', 'Unix Makefiles'])), binaryDir: '${sourceDir}/build/${presetName}', architecture: d.maybe(0.2, () => ({ value: 'x64', strategy: 'external' })), toolchainFile: version >= 3 ? d.maybe(0.3, () => `cmake/${d.noun()}.cmake`) : undefined, cacheVariables: d.map(1, 10, () => `${d.snake().toUpperCase()}`, () => d.pick(['ON', 'OFF', true, { type: 'BOOL', value: 'ON' }, d.noun(), { type: 'PATH', value: `/opt/${d.noun()}` }])), warnings: d.maybe(0.2, () => ({ dev: true, uninitialized: false })) });
  const build = () => ({ ...base(), configurePreset: d.noun(), jobs: d.maybe(0.3, () => d.int(1, 32)), configuration: d.maybe(0.5, () => d.pick(['Debug', 'Release'])), targets: d.maybe(0.3, () => d.pick(['all', ['lib', 'tests']])) });
  const test = () => ({ ...base(), configurePreset: d.noun(), output: { outputOnFailure: true, verbosity: d.maybe(0.4, () => 'verbose') }, execution: d.maybe(0.6, () => ({ jobs: d.int(1, 16), timeout: d.int(10, 600), noTestsAction: 'error', repeat: d.maybe(0.3, () => ({ mode: 'until-pass', count: 3 })) })), filter: d.maybe(0.3, () => ({ exclude: { name: d.noun() } })) });
  return {
    version,
    cmakeMinimumRequired: { major: 3, minor: d.int(19, 28), patch: 0 },
    include: version >= 4 ? d.maybe(0.3, () => ['cmake/base.json']) : undefined,
    configurePresets: d.many(2, 12, configure),
    buildPresets: version >= 2 ? d.maybe(0.8, () => d.many(1, 8, build)) : undefined,
    testPresets: version >= 2 ? d.maybe(0.7, () => d.many(1, 6, test)) : undefined,
    workflowPresets: version >= 6 ? d.maybe(0.7, () => d.many(1, 3, () => ({ name: d.kebab(), steps: [{ type: 'configure', name: d.noun() }, { type: 'build', name: d.noun() }, { type: 'test', name: d.noun() }] }))) : undefined,
  };
}

const FLAGS = ['allowJs', 'composite', 'declaration', 'declarationMap', 'esModuleInterop', 'forceConsistentCasingInFileNames', 'incremental', 'isolatedModules', 'noEmit', 'noFallthroughCasesInSwitch', 'noImplicitOverride', 'noImplicitReturns', 'noUncheckedIndexedAccess', 'noUnusedLocals', 'noUnusedParameters', 'resolveJsonModule', 'skipLibCheck', 'sourceMap', 'strict', 'verbatimModuleSyntax'];

export function compilerOptions(d) {
  return {
    $schema: d.maybe(0.4, () => 'https://schemas.example/compiler-options'),
    extends: d.maybe(0.5, () => d.pick(['./base.json', '@tsconfig/node20/tsconfig.json', ['./a.json', './b.json']])),
    compilerOptions: {
      target: d.pick(['ES2022', 'es2020', 'esnext', 'ESNext']),
      module: d.pick(['NodeNext', 'commonjs', 'ESNext', 'es2020']),
      moduleResolution: d.maybe(0.6, () => d.pick(['NodeNext', 'node', 'bundler'])),
      lib: d.maybe(0.5, () => d.some(['ES2022', 'DOM', 'dom.iterable', 'esnext', 'WebWorker'], 1, 3)),
      jsx: d.maybe(0.3, () => 'react-jsx'),
      outDir: d.maybe(0.7, () => './dist'),
      rootDir: d.maybe(0.5, () => './src'),
      baseUrl: d.maybe(0.3, () => '.'),
      types: d.maybe(0.3, () => ['node']),
      paths: d.maybe(0.3, () => d.map(1, 8, () => `@${d.noun()}/*`, () => [`./src/${d.noun()}/*`])),
      ...Object.fromEntries(d.some(FLAGS, 2, 14).map((n) => [n, d.chance(0.8)])),
    },
    include: d.maybe(0.8, () => ['src/**/*', 'test/**/*.ts']),
    exclude: d.maybe(0.6, () => ['node_modules', 'dist']),
    files: d.maybe(0.2, () => ['src/index.ts']),
    references: d.maybe(0.3, () => [...new Set(d.many(1, 8, () => `../${d.noun()}`))].map((path) => ({ path }))),
  };
}

const RULES = ['array-callback-return', 'arrow-body-style', 'camelcase', 'comma-dangle', 'complexity', 'consistent-return', 'curly', 'dot-notation', 'eol-last', 'eqeqeq', 'func-names', 'indent', 'keyword-spacing', 'max-len', 'max-lines', 'no-alert', 'no-await-in-loop', 'no-bitwise', 'no-console', 'no-debugger', 'no-else-return', 'no-empty', 'no-eval', 'no-lonely-if', 'no-param-reassign', 'no-plusplus', 'no-shadow', 'no-undef', 'no-unused-vars', 'no-use-before-define', 'no-var', 'object-shorthand', 'prefer-const', 'prefer-template', 'quotes', 'radix', 'semi', 'sort-imports', 'strict', 'yoda'];
function rules(d, least, most) {
  const setting = () => d.pick(['error', 'warn', 'off', 0, 2, ['error', 'always'], ['warn', { max: d.int(1, 200), allow: ['warn', 'error'] }], [2, { [d.camel()]: true }]]);
  const foreign = () => `${d.pick(['import', 'react', '@typescript-eslint', 'unicorn'])}/${d.kebab()}`;
  return { ...Object.fromEntries(d.some(RULES, least, most).map((n) => [n, setting()])), ...d.map(least, most, foreign, setting) };
}
export const lintRules = (d) => ({
  root: d.maybe(0.6, () => true),
  env: { [d.pick(['node', 'browser'])]: true, es2022: true, jest: d.maybe(0.3, () => true) },
  extends: d.pick(['eslint:recommended', ['eslint:recommended', 'plugin:react/recommended', 'prettier']]),
  parser: d.maybe(0.5, () => '@typescript-eslint/parser'),
  parserOptions: d.maybe(0.7, () => ({ ecmaVersion: d.pick([2020, 2022, 'latest', 12]), sourceType: 'module', ecmaFeatures: d.maybe(0.4, () => ({ jsx: true })) })),
  plugins: d.maybe(0.6, () => ['import', 'react']),
  globals: d.maybe(0.3, () => ({ [d.camel()]: 'readonly', [d.camel()]: false })),
  ignorePatterns: d.maybe(0.4, () => ['dist', '*.min.js']),
  settings: d.maybe(0.2, () => ({ react: { version: 'detect' } })),
  rules: rules(d, 3, 30),
  overrides: d.maybe(0.5, () => d.many(1, 4, () => ({ files: d.pick(['*.test.js', ['*.ts', '*.tsx']]), env: d.maybe(0.4, () => ({ mocha: true })), rules: rules(d, 1, 6) }))),
});

export function compose(d) {
  const names = [...new Set(d.many(1, 9, () => d.kebab(d.int(1, 2))))];
  const environment = () => (d.chance(0.4) ? d.many(1, 8, (i) => `${d.snake().toUpperCase()}_${i}=${d.noun()}`) : d.map(1, 12, () => d.snake().toUpperCase(), () => d.pick([d.noun(), d.int(0, 9999), true, null, '${SECRET:-none}'])));
  const service = () => ({
    image: d.maybe(0.7, () => `${d.noun()}/${d.noun()}:${d.semver()}`),
    build: d.maybe(0.4, () => d.pick(['.', { context: `./${d.noun()}`, dockerfile: 'Dockerfile', target: 'prod', args: { VERSION: d.semver() } }])),
    command: d.maybe(0.4, () => d.pick(['npm start', ['serve', '--port', '8080']])),
    depends_on: d.maybe(0.5, () => (d.chance(0.5) ? d.some(names, 1, 2) : Object.fromEntries(d.some(names, 1, 2).map((n) => [n, { condition: 'service_healthy' }])))),
    environment: d.maybe(0.8, environment),
    env_file: d.maybe(0.2, () => d.pick(['.env', ['.env', { path: '.env.local', required: false }]])),
    ports: d.maybe(0.6, () => [`${d.int(1024, 9999)}:80`, ...(d.chance(0.3) ? [{ target: 443, published: d.int(1024, 9999), protocol: 'tcp' }] : [])]),
    volumes: d.maybe(0.6, () => [`${d.noun()}:/var/lib/${d.noun()}`, { type: 'bind', source: './conf', target: '/etc/app', read_only: true }]),
    networks: d.maybe(0.4, () => d.pick([['front', 'back'], { front: { aliases: ['web'] }, back: null }])),
    healthcheck: d.maybe(0.4, () => ({ test: ['CMD', 'curl', '-f', 'http://localhost'], interval: '30s', timeout: '5s', retries: 3 })),
    restart: d.maybe(0.6, () => d.pick(['always', 'unless-stopped'])),
    labels: d.maybe(0.3, () => d.map(1, 6, () => `org.example.${d.noun()}`, () => d.noun())),
    deploy: d.maybe(0.3, () => ({ replicas: d.int(1, 6), resources: { limits: { cpus: '0.50', memory: '512M' }, reservations: { memory: '128M' } }, restart_policy: { condition: 'on-failure', max_attempts: 3 } })),
    logging: d.maybe(0.2, () => ({ driver: 'json-file', options: { 'max-size': '10m', 'max-file': 3 } })),
    ulimits: d.maybe(0.1, () => ({ nofile: { soft: 20000, hard: 40000 }, nproc: 65535 })),
    secrets: d.maybe(0.2, () => ['token', { source: 'cert', target: '/run/cert', mode: 288 }]),
    profiles: d.maybe(0.1, () => ['debug']),
  });
  return {
    version: d.maybe(0.3, () => '3.9'),
    name: d.maybe(0.3, () => d.noun()),
    'x-common': d.maybe(0.2, () => ({ restart: 'always' })),
    services: Object.fromEntries(names.map((n) => [n, service()])),
    networks: d.maybe(0.5, () => ({ front: null, back: { driver: 'bridge', internal: true, ipam: { config: [{ subnet: '10.5.0.0/16' }] } } })),
    volumes: d.maybe(0.6, () => d.map(1, 4, () => d.noun(), () => d.pick([null, { driver: 'local' }]))),
    secrets: d.maybe(0.2, () => ({ token: { file: './token.txt' }, cert: { environment: 'CERT' } })),
  };
}

export function clusterObject(d) {
  const name = d.kebab();
  const labels = { app: name, tier: d.noun() };
  const metadata = { name, namespace: d.maybe(0.8, () => d.noun()), labels, annotations: d.maybe(0.5, () => d.map(1, 5, () => `example.org/${d.kebab()}`, () => d.noun())) };
  const probe = () => ({ httpGet: { path: '/healthz', port: d.pick([8080, 'http']) }, initialDelaySeconds: d.int(1, 30), periodSeconds: 10 });
  const container = () => ({
    name: d.kebab(),
    image: `registry.example/${d.noun()}/${d.noun()}:${d.semver()}`,
    imagePullPolicy: d.maybe(0.5, () => 'IfNotPresent'),
    args: d.maybe(0.4, () => [`--${d.kebab()}=${d.noun()}`, '--v=2']),
    env: d.maybe(0.8, () => d.many(1, 12, () => (d.chance(0.6) ? { name: d.snake().toUpperCase(), value: d.noun() } : { name: d.snake().toUpperCase(), valueFrom: d.pick([{ secretKeyRef: { name: d.noun(), key: d.noun() } }, { fieldRef: { fieldPath: 'metadata.name' } }]) }))),
    ports: d.maybe(0.7, () => [{ name: 'http', containerPort: d.int(1024, 9999), protocol: 'TCP' }]),
    resources: { requests: { cpu: `${d.int(50, 900)}m`, memory: `${d.int(64, 900)}Mi` }, limits: { cpu: d.pick(['1', 2, '1500m']), memory: `${d.int(1, 8)}Gi` } },
    volumeMounts: d.maybe(0.6, () => d.many(1, 4, () => ({ name: d.noun(), mountPath: `/etc/${d.noun()}`, readOnly: d.maybe(0.5, () => true) }))),
    livenessProbe: d.maybe(0.6, probe),
    readinessProbe: d.maybe(0.6, probe),
    securityContext: d.maybe(0.5, () => ({ runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } })),
  });
  const template = () => ({ metadata: { name, labels }, spec: { serviceAccountName: d.maybe(0.5, () => d.kebab()), containers: d.many(1, 3, container), initContainers: d.maybe(0.2, () => [container()]), volumes: d.maybe(0.6, () => d.many(1, 4, () => ({ name: d.noun(), ...d.pick([{ emptyDir: {} }, { configMap: { name: d.noun() } }, { secret: { secretName: d.noun() } }]) }))), tolerations: d.maybe(0.2, () => [{ key: 'dedicated', operator: 'Equal', value: d.noun(), effect: 'NoSchedule' }]) } });
  return d.pick([
    () => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { replicas: d.int(1, 9), selector: { matchLabels: labels }, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 1 } }, template: template() } }),
    () => ({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata, spec: { serviceName: name, replicas: 3, selector: { matchLabels: labels }, template: template() } }),
    () => ({ apiVersion: 'v1', kind: 'Service', metadata, spec: { type: d.pick(['ClusterIP', 'NodePort']), selector: labels, ports: d.many(1, 3, () => ({ name: d.noun(), port: d.int(80, 9999), targetPort: d.pick(['http', 8080]) })) } }),
    () => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: d.map(1, 8, () => `${d.kebab()}.conf`, () => d.text(1, 8)) }),
    () => ({ apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data: d.map(1, 4, () => d.kebab(), () => d.base64(40)) }),
    () => ({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata, spec: { ingressClassName: 'nginx', tls: [{ hosts: [d.host()], secretName: d.noun() }], rules: d.many(1, 3, () => ({ host: d.host(), http: { paths: d.many(1, 4, () => ({ path: `/${d.noun()}`, pathType: 'Prefix', backend: { service: { name: d.kebab(), port: { number: 80 } } } })) } })) } }),
    () => ({ apiVersion: 'batch/v1', kind: 'CronJob', metadata, spec: { schedule: '*/5 * * * *', concurrencyPolicy: 'Forbid', jobTemplate: { spec: { backoffLimit: 2, template: template() } } } }),
  ])();
}

function botSettings(d) {
  return { enabled: d.maybe(0.3, () => d.chance(0.7)), automerge: d.maybe(0.5, () => true), groupName: d.maybe(0.4, () => d.kebab()), labels: d.maybe(0.4, () => ['dependencies', d.noun()]), schedule: d.maybe(0.4, () => d.pick(['weekly', ['before 5am on monday', 'every weekend']])), rangeStrategy: d.maybe(0.3, () => d.pick(['bump', 'pin', 'auto'])), minimumReleaseAge: d.maybe(0.3, () => '3 days'), semanticCommitType: d.maybe(0.2, () => 'chore'), prPriority: d.maybe(0.2, () => d.int(-5, 5)) };
}
export const updateBot = (d) => ({
  $schema: 'https://schemas.example/update-bot',
  extends: ['config:recommended', `:${d.camel()}`, `group:${d.kebab()}`],
  timezone: 'Europe/Vienna',
  prConcurrentLimit: d.maybe(0.6, () => d.int(0, 20)),
  dependencyDashboard: d.maybe(0.5, () => true),
  ...botSettings(d),
  major: d.maybe(0.4, () => botSettings(d)),
  lockFileMaintenance: d.maybe(0.5, () => ({ enabled: true, ...botSettings(d) })),
  docker: d.maybe(0.3, () => ({ pinDigests: true })),
  ignorePaths: d.maybe(0.4, () => ['**/node_modules/**', `**/${d.noun()}/**`]),
  packageRules: d.many(1, 12, () => ({ matchManagers: d.maybe(0.4, () => ['npm', 'cargo']), matchPackageNames: d.many(1, 6, () => d.kebab()), matchUpdateTypes: d.maybe(0.5, () => ['minor', 'patch']), description: d.maybe(0.5, () => d.sentence()), ...botSettings(d) })),
  hostRules: d.maybe(0.3, () => [{ hostType: 'docker', matchHost: d.host(), username: d.noun(), timeout: 10000 }]),
  customManagers: d.maybe(0.3, () => [{ customType: 'regex', fileMatch: ['^Dockerfile$'], matchStrings: ['ENV VERSION=(?<currentValue>.*)'], datasourceTemplate: 'github-releases' }]),
});

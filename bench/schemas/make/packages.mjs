// packages.mjs: manifests of packages, as four languages have them.

const LICENSES = ['MIT', 'MIT', 'ISC', 'Apache-2.0', 'BSD-3-Clause', 'MPL-2.0'];

const npmScripts = {
  build: ['tsc -p .', 'rollup -c', 'node build.js', 'vite build'],
  test: ['node --test', 'vitest run', 'jest --ci', 'mocha --exit'],
  lint: ['eslint .', 'eslint src --max-warnings 0', 'prettier --check .'],
  prepare: ['husky', 'npm run build'],
  start: ['node server.js', 'vite'],
  'test:watch': ['vitest'],
  typecheck: ['tsc --noEmit'],
  format: ['prettier --write .'],
  release: ['npm run build && npm publish'],
};

function npmDependencies(d, least, most) {
  const name = () => (d.chance(0.25) ? `@${d.noun()}/${d.noun()}` : d.kebab(d.int(1, 2)));
  return d.map(least, most, name, () => d.range());
}

function npmPerson(d) {
  if (d.chance(0.4)) return `${d.person()} <${d.email()}>`;
  return { name: d.person(), email: d.maybe(0.7, () => d.email()), url: d.maybe(0.3, () => d.url()) };
}

function npmEntry(d, name) {
  return { types: `./dist/${name}.d.ts`, import: `./dist/${name}.mjs`, require: d.maybe(0.6, () => `./dist/${name}.cjs`), default: d.maybe(0.3, () => `./dist/${name}.js`) };
}

export function npmPackage(d) {
  const name = d.kebab(d.int(1, 2));
  const exports = d.chance(0.3) ? './index.js' : Object.fromEntries([['.', npmEntry(d, 'index')], ...d.many(0, 5, () => { const n = d.noun(); return [`./${n}`, npmEntry(d, n)]; })]);
  return {
    name: d.chance(0.3) ? `@${d.noun()}/${name}` : name,
    version: d.semver(),
    description: d.sentence(),
    keywords: d.maybe(0.7, () => d.many(2, 8, () => d.noun())),
    private: d.maybe(0.2, () => true),
    type: d.maybe(0.6, () => d.pick(['module', 'commonjs'])),
    main: d.maybe(0.6, () => 'dist/index.js'),
    types: d.maybe(0.5, () => 'dist/index.d.ts'),
    exports: d.maybe(0.6, () => exports),
    bin: d.maybe(0.2, () => ({ [name]: './bin/cli.js' })),
    files: d.maybe(0.6, () => ['dist', 'src', 'README.md']),
    sideEffects: d.maybe(0.3, () => d.pick([false, ['*.css']])),
    repository: { type: 'git', url: `git+https://git.example.org/${d.noun()}/${name}.git`, directory: d.maybe(0.2, () => `packages/${name}`) },
    bugs: d.maybe(0.6, () => ({ url: `https://git.example.org/${name}/issues` })),
    homepage: d.maybe(0.6, () => d.url()),
    author: npmPerson(d),
    contributors: d.maybe(0.2, () => d.many(1, 6, () => npmPerson(d))),
    license: d.pick(LICENSES),
    funding: d.maybe(0.2, () => ({ type: 'opencollective', url: d.url() })),
    scripts: Object.fromEntries(d.some(Object.keys(npmScripts), 2, 9).map((n) => [n, d.pick(npmScripts[n])])),
    dependencies: d.maybe(0.8, () => npmDependencies(d, 1, 24)),
    devDependencies: npmDependencies(d, 3, 40),
    peerDependencies: d.maybe(0.3, () => npmDependencies(d, 1, 4)),
    engines: d.maybe(0.6, () => ({ node: '>=18' })),
    packageManager: d.maybe(0.3, () => `pnpm@9.${d.int(0, 15)}.${d.int(0, 9)}`),
    workspaces: d.maybe(0.15, () => ['packages/*']),
    publishConfig: d.maybe(0.3, () => ({ access: 'public' })),
  };
}

const FEATURES = ['derive', 'full', 'std', 'alloc', 'serde', 'rustls', 'json', 'macros', 'rt-multi-thread'];

function crate(d) {
  if (d.chance(0.5)) return `${d.int(0, 4)}.${d.int(0, 30)}`;
  if (d.chance(0.2)) return { workspace: true, features: d.maybe(0.5, () => d.some(FEATURES, 1, 3)) };
  if (d.chance(0.15)) return { path: `../${d.kebab()}`, version: d.maybe(0.5, () => d.semver()) };
  if (d.chance(0.1)) return { git: `https://git.example.org/${d.kebab()}`, rev: d.hex(40) };
  return { version: d.semver(), features: d.maybe(0.8, () => d.some(FEATURES, 1, 3)), optional: d.maybe(0.3, () => true), 'default-features': d.maybe(0.3, () => false) };
}

export function cargoManifest(d) {
  const crates = (least, most) => d.map(least, most, () => d.kebab(d.int(1, 2)), () => crate(d));
  const metadata = (p, make) => d.maybe(p, () => (d.chance(0.25) ? { workspace: true } : make()));
  if (d.chance(0.15))
    return {
      workspace: { members: d.many(2, 30, () => `crates/${d.kebab()}`), resolver: '2', dependencies: crates(5, 60), package: { edition: '2021', license: 'MIT OR Apache-2.0' } },
      profile: { release: { lto: 'thin', 'codegen-units': 1, debug: 1 }, bench: { inherits: 'release', debug: true } },
    };
  return {
    package: {
      name: d.kebab(),
      version: metadata(1, () => d.semver()),
      edition: metadata(1, () => d.pick(['2018', '2021', '2024'])),
      authors: metadata(0.4, () => d.many(1, 3, () => `${d.person()} <${d.email()}>`)),
      'rust-version': metadata(0.4, () => `1.${d.int(56, 84)}`),
      description: d.sentence(),
      license: metadata(0.9, () => 'MIT OR Apache-2.0'),
      repository: metadata(0.8, () => d.url()),
      documentation: metadata(0.4, () => `https://docs.example.org/${d.kebab()}`),
      readme: metadata(0.6, () => 'README.md'),
      keywords: metadata(0.6, () => d.many(1, 5, () => d.noun())),
      categories: metadata(0.5, () => d.some(['command-line-utilities', 'parser-implementations', 'asynchronous', 'no-std', 'encoding'], 1, 3)),
      exclude: d.maybe(0.2, () => ['/tests', '/benches']),
    },
    lib: d.maybe(0.3, () => ({ name: d.snake(), 'crate-type': ['lib', 'cdylib'], bench: false })),
    bin: d.maybe(0.3, () => d.many(1, 3, () => ({ name: d.kebab(), path: `src/bin/${d.snake()}.rs` }))),
    features: d.maybe(0.6, () => ({ default: ['std'], ...d.map(1, 6, () => d.noun(), () => d.many(0, 3, () => `dep:${d.noun()}`)) })),
    dependencies: crates(1, 25),
    'dev-dependencies': d.maybe(0.7, () => crates(1, 8)),
    'build-dependencies': d.maybe(0.2, () => crates(1, 3)),
    target: d.maybe(0.2, () => ({ 'cfg(unix)': { dependencies: crates(1, 3) }, 'cfg(windows)': { dependencies: crates(1, 3) } })),
    bench: d.maybe(0.3, () => [{ name: d.snake(), harness: false }]),
    profile: d.maybe(0.4, () => ({ release: { 'opt-level': d.pick([3, 's', 'z']), lto: d.pick([true, 'fat', 'thin']), panic: d.maybe(0.4, () => 'abort'), strip: d.maybe(0.4, () => true) } })),
    lints: d.maybe(0.2, () => ({ clippy: { all: 'warn', pedantic: { level: 'warn', priority: -1 } }, rust: { unsafe_code: 'forbid' } })),
  };
}

const requirement = (d) => d.kebab(d.int(1, 2)) + d.pick(['', `>=${d.int(0, 9)}.${d.int(0, 20)}`, `~=${d.int(1, 9)}.${d.int(0, 9)}`, `>=${d.int(1, 4)},<5`, "; python_version < '3.11'"]);
const rule = (d) => d.pick(['E', 'F', 'W', 'I', 'UP', 'B', 'SIM', 'PL', 'RUF', 'D']) + d.pick(['', '', String(d.int(1, 999))]);

export function pyproject(d) {
  const name = d.kebab();
  const dynamic = d.chance(0.3);
  return {
    'build-system': { requires: [d.pick(['hatchling', 'setuptools>=64', 'poetry-core', 'flit_core >=3.2,<4'])], 'build-backend': d.pick(['hatchling.build', 'setuptools.build_meta']) },
    project: {
      name,
      version: dynamic ? undefined : `${d.int(0, 9)}.${d.int(0, 20)}.${d.int(0, 9)}${d.pick(['', '', '', 'rc1', '.dev0'])}`,
      dynamic: dynamic ? ['version'] : undefined,
      description: d.sentence(),
      readme: d.pick(['README.md', 'README.rst', { file: 'README.md', 'content-type': 'text/markdown' }]),
      'requires-python': d.pick(['>=3.8', '>=3.9', '>=3.10,<4']),
      license: d.pick(['MIT', { text: 'MIT' }, { file: 'LICENSE' }]),
      authors: d.many(1, 4, () => (d.chance(0.7) ? { name: d.person(), email: d.email() } : { name: d.person() })),
      keywords: d.many(0, 6, () => d.noun()),
      classifiers: d.some(['Development Status :: 4 - Beta', 'Development Status :: 5 - Production/Stable', 'Intended Audience :: Developers', 'License :: OSI Approved :: MIT License', 'Operating System :: OS Independent', 'Programming Language :: Python', 'Programming Language :: Python :: 3', 'Programming Language :: Python :: 3.9', 'Programming Language :: Python :: 3.10', 'Programming Language :: Python :: 3.11', 'Programming Language :: Python :: 3.12', 'Topic :: Software Development :: Libraries', 'Typing :: Typed'], 3, 12),
      urls: { Homepage: d.url(), Documentation: d.url(), Source: d.url(), Changelog: d.maybe(0.5, () => d.url()) },
      dependencies: d.many(1, 20, () => requirement(d)),
      'optional-dependencies': d.maybe(0.6, () => d.map(1, 4, () => d.pick(['dev', 'test', 'docs', 'all', 'cli']), () => d.many(1, 8, () => requirement(d)))),
      scripts: d.maybe(0.4, () => ({ [name]: `${d.snake()}.cli:main` })),
      'entry-points': d.maybe(0.15, () => ({ [d.noun()]: { [d.noun()]: `${d.snake()}.${d.noun()}:${d.noun()}` } })),
    },
    tool: {
      hatch: d.maybe(0.4, () => ({ version: { path: `src/${d.snake()}/__init__.py` } })),
      ruff: d.maybe(0.7, () => ({ 'line-length': d.pick([88, 100, 120]), 'target-version': 'py39', lint: { select: d.many(2, 12, () => rule(d)), ignore: d.many(0, 6, () => rule(d)), 'per-file-ignores': d.maybe(0.5, () => ({ 'tests/*': d.many(1, 5, () => rule(d)) })) }, format: d.maybe(0.3, () => ({ 'quote-style': 'single' })) })),
      black: d.maybe(0.3, () => ({ 'line-length': 100, 'target-version': ['py39', 'py310'] })),
      mypy: d.maybe(0.6, () => ({ python_version: '3.9', strict: true, warn_unused_ignores: true, overrides: d.many(0, 5, () => ({ module: d.chance(0.5) ? `${d.snake()}.*` : d.many(1, 3, () => d.snake()), ignore_missing_imports: true })) })),
      pytest: d.maybe(0.7, () => ({ ini_options: { minversion: '7.0', addopts: '-ra -q', testpaths: ['tests'], filterwarnings: ['error'] } })),
      coverage: d.maybe(0.5, () => ({ run: { branch: true, source: [d.snake()] }, report: { fail_under: d.int(70, 100), exclude_lines: ['pragma: no cover', 'if TYPE_CHECKING:'] } })),
    },
  };
}

const vendor = (d) => `${d.noun()}/${d.kebab(d.int(1, 2))}`;
const constraint = (d) => d.pick([`^${d.int(1, 9)}.${d.int(0, 9)}`, `^${d.int(1, 6)}.0 || ^${d.int(7, 9)}.0`, `~${d.int(1, 9)}.${d.int(0, 9)}.0`, '*', `>=${d.int(1, 8)}.${d.int(0, 9)}`]);

export function composer(d) {
  const requires = (least, most) => d.map(least, most, () => vendor(d), () => constraint(d));
  const space = d.pascal();
  return {
    name: vendor(d),
    type: d.pick(['library', 'library', 'project', 'symfony-bundle']),
    description: d.sentence(),
    keywords: d.many(1, 6, () => d.noun()),
    homepage: d.maybe(0.5, () => d.url()),
    license: d.pick(['MIT', 'BSD-3-Clause', ['MIT', 'GPL-2.0-only']]),
    authors: d.many(1, 4, () => ({ name: d.person(), email: d.email(), homepage: d.maybe(0.3, () => d.url()), role: d.maybe(0.3, () => 'Developer') })),
    require: { php: '^8.1', 'ext-json': '*', ...requires(1, 20) },
    'require-dev': { 'phpunit/phpunit': '^10.5', ...requires(1, 10) },
    conflict: d.maybe(0.2, () => requires(1, 5)),
    suggest: d.maybe(0.3, () => d.map(1, 3, () => vendor(d), () => d.sentence())),
    autoload: { 'psr-4': { [`${space}\\`]: d.pick(['src/', ['src/', 'lib/']]) }, files: d.maybe(0.3, () => ['src/functions.php']) },
    'autoload-dev': { 'psr-4': { [`${space}\\Tests\\`]: 'tests/' } },
    scripts: { test: 'phpunit', cs: d.pick(['php-cs-fixer fix', ['@cs:check', '@cs:fix']]), 'post-autoload-dump': d.maybe(0.3, () => [`${space}\\Install::run`]) },
    config: { 'sort-packages': true, 'allow-plugins': d.maybe(0.6, () => ({ [vendor(d)]: true })), platform: d.maybe(0.3, () => ({ php: '8.1.0' })), 'preferred-install': 'dist', 'cache-files-ttl': d.maybe(0.2, () => d.int(1, 15552000)) },
    repositories: d.maybe(0.3, () => d.many(1, 4, () => d.pick([{ type: 'vcs', url: d.url() }, { type: 'composer', url: d.url() }, { type: 'path', url: `../${d.noun()}`, options: { symlink: true } }]))),
    'minimum-stability': d.maybe(0.5, () => d.pick(['stable', 'dev', 'beta'])),
    'prefer-stable': d.maybe(0.5, () => true),
    extra: d.maybe(0.4, () => ({ 'branch-alias': { 'dev-main': `${d.int(1, 9)}.x-dev` } })),
  };
}

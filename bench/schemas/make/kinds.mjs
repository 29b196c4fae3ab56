// kinds.mjs: the kinds of documents, who draws them, and how many bytes of them there are.
import * as api from './api.mjs';
import * as ci from './ci.mjs';
import * as config from './config.mjs';
import * as packages from './packages.mjs';

export const KINDS = {
  'build-presets': [config.buildPresets, 50_000],
  'cargo-manifest': [packages.cargoManifest, 40_000],
  circle: [ci.circle, 50_000],
  'cloud-event': [api.cloudEvent, 30_000],
  'cluster-object': [config.clusterObject, 50_000],
  'compiler-options': [config.compilerOptions, 20_000],
  compose: [config.compose, 50_000],
  composer: [packages.composer, 40_000],
  geojson: [api.geojson, 80_000],
  'language-server': [api.languageServer, 60_000],
  'lint-rules': [config.lintRules, 40_000],
  'npm-package': [packages.npmPackage, 60_000],
  'openapi-3.0': [api.openapi30, 120_000],
  'openapi-3.1': [api.openapi31, 120_000],
  pipeline: [ci.pipeline, 50_000],
  pyproject: [packages.pyproject, 50_000],
  'update-bot': [config.updateBot, 40_000],
  updates: [ci.updates, 30_000],
  workflow: [ci.workflow, 60_000],
};

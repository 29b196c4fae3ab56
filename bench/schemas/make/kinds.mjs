// kinds.mjs: the kinds of documents, who draws them, and how many bytes of them there are.
import * as api from './api.mjs';
import * as ci from './ci.mjs';
import * as config from './config.mjs';
import * as data from './data.mjs';
import * as packages from './packages.mjs';

export const KINDS = {
  animation: [data.animation, 70_000],
  'build-presets': [config.buildPresets, 35_000],
  'cargo-manifest': [packages.cargoManifest, 25_000],
  chart: [data.chart, 40_000],
  circle: [ci.circle, 35_000],
  'cloud-event': [api.cloudEvent, 20_000],
  'cluster-object': [config.clusterObject, 35_000],
  'compiler-options': [config.compilerOptions, 20_000],
  compose: [config.compose, 35_000],
  composer: [packages.composer, 25_000],
  feed: [data.feed, 40_000],
  geojson: [api.geojson, 55_000],
  'health-record': [data.healthRecord, 55_000],
  'infrastructure-state': [data.infrastructureState, 90_000],
  'language-server': [api.languageServer, 40_000],
  'lint-rules': [config.lintRules, 25_000],
  'npm-package': [packages.npmPackage, 40_000],
  'openapi-3.0': [api.openapi30, 85_000],
  'openapi-3.1': [api.openapi31, 85_000],
  pipeline: [ci.pipeline, 35_000],
  playbook: [data.playbook, 35_000],
  pyproject: [packages.pyproject, 35_000],
  'shop-event': [data.shopEvent, 25_000],
  telemetry: [data.telemetry, 40_000],
  trade: [data.trade, 25_000],
  translations: [data.translations, 35_000],
  'update-bot': [config.updateBot, 25_000],
  updates: [ci.updates, 20_000],
  workflow: [ci.workflow, 40_000],
};

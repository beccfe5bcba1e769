import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject';
import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Namespace } from 'kubernetes-models/v1/Namespace';
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import { Service } from 'kubernetes-models/v1/Service';
import { parse, parseAllDocuments } from 'yaml';
import { readApiConfig } from '../packages/runtime/src/config/api-config.ts';
import { readWorkerConfig } from '../packages/runtime/src/config/worker-config.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = join(ROOT, 'deploy/kubernetes');
const MODELS = {
  ConfigMap,
  Deployment,
  HorizontalPodAutoscaler,
  Namespace,
  NetworkPolicy,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  PodMonitor,
  PrometheusRule,
  ScaledObject,
  Service,
  StatefulSet,
} as Record<string, new (manifest: object) => { validate(): void }>;

interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  // biome-ignore lint/suspicious/noExplicitAny: what is looked at is what its schema has accepted.
  spec: any;
  data: Record<string, string>;
}

const read = (path: string) => readFileSync(join(FOLDER, path), 'utf8');
const manifestsOf = (path: string) =>
  parseAllDocuments(read(path)).map((document) => document.toJS() as Manifest);
const filesOf = (folder: string) =>
  readdirSync(join(FOLDER, folder)).filter((name) => name !== 'kustomization.yaml');
const base = filesOf('base').flatMap((name) => manifestsOf(`base/${name}`));
const found = (kind: string, name: string) =>
  base.find((one) => one.kind === kind && one.metadata.name === name) as Manifest;

describe('deploy/kubernetes', () => {
  test.each(['base', 'overlays/s3', 'overlays/monitoring'])(
    '%s names its files, each of which is there',
    (folder) => {
      const kustomization = parse(read(`${folder}/kustomization.yaml`)) as {
        resources: string[];
        patches?: { path: string }[];
      };
      const named = [...kustomization.resources, ...(kustomization.patches ?? []).map(({ path }) => path)];
      expect(named.filter((path) => !existsSync(join(FOLDER, folder, path)))).toEqual([]);
      expect(named.filter((path) => !path.startsWith('..')).sort()).toEqual(filesOf(folder).sort());
    },
  );

  const whole = [
    ...base,
    ...filesOf('overlays/monitoring').flatMap((name) => manifestsOf(`overlays/monitoring/${name}`)),
  ];
  test.each(whole.map((one) => [one.kind, one.metadata.name, one] as const))(
    '%s %s fits its schema',
    (kind, _name, one) => {
      const Model = MODELS[kind];
      if (!Model) throw new Error(`no schema for ${kind}`);
      expect(() => new Model(one).validate()).not.toThrow();
    },
  );

  test('a manifest that does not fit is refused', () => {
    const { spec, ...rest } = found('Deployment', 'api');
    const bad = { ...rest, spec: { ...spec, template: { spec: { containers: [{ nome: 'api' }] } } } };
    expect(() => new Deployment(bad as never).validate()).toThrow();
  });

  test('each process has longer to stop than it takes, and is no root', () => {
    const env = {
      REDIS_URL: 'redis://redis:6379',
      API_KEYS: 'secret-key-of-tests',
      ...found('ConfigMap', 'image-studio').data,
    };
    const configs = { api: readApiConfig({ ...env, HOST: '0.0.0.0' }), worker: readWorkerConfig(env) };
    for (const [name, { shutdownTimeoutMs }] of Object.entries(configs)) {
      const pod = found('Deployment', name).spec.template.spec;
      expect(pod.terminationGracePeriodSeconds * 1000).toBeGreaterThan(shutdownTimeoutMs);
      expect(pod.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      for (const container of pod.containers) {
        expect(container.securityContext).toMatchObject({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        const [, main] = container.args;
        expect(existsSync(join(ROOT, main.replace('/dist/', '/src/').replace('.js', '.ts')))).toBe(true);
      }
    }
  });

  test('workers scale on what the API exports for it, and nothing fixes their number beside that', () => {
    const { spec } = found('ScaledObject', 'worker');
    expect(spec.triggers).toMatchObject([{ type: 'prometheus', metadata: { threshold: '1' } }]);
    const [metric = ''] = /image_studio_\w+/.exec(spec.triggers[0].metadata.query) ?? [];
    expect(readFileSync(join(ROOT, 'packages/runtime/src/metrics.ts'), 'utf8')).toContain(`'${metric}'`);
    for (const name of ['api', 'worker']) expect(found('Deployment', name).spec.replicas).toBeUndefined();
  });

  test('the alerts are those of deploy/prometheus', () => {
    const [{ spec }] = manifestsOf('overlays/monitoring/rules.yaml') as [Manifest];
    expect(spec).toEqual(parse(readFileSync(join(ROOT, 'deploy/prometheus/rules.yml'), 'utf8')));
  });
});

/** Codes of operator messages in the code: `say('CODE'` of what is found in Redis, and constants `…_MESSAGE`. */
function raisedMessages(): string[] {
  const folders = ['packages/queue/src', 'apps/worker/src'];
  const files = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => join(ROOT, folder, file)),
  );
  const raising = /(?:const \w+_MESSAGE = |\bsay\(\s*)'([A-Z]+_[A-Z_]+)'/g;
  return files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(raising)].map(([, code = '']) => code),
  );
}

test('the runbook has a section for every alert, and for every message of the operations guide and of the code', () => {
  const runbook = readFileSync(join(ROOT, 'docs/runbook.md'), 'utf8');
  const alerts = [
    ...readFileSync(join(ROOT, 'deploy/prometheus/rules.yml'), 'utf8').matchAll(/alert: (\w+)/g),
  ];
  const messages = [
    ...readFileSync(join(ROOT, 'docs/operations.md'), 'utf8').matchAll(/^\| `([A-Z]+_[A-Z_]+)` \|/gm),
  ];
  const raised = raisedMessages();
  const sections = [...[...alerts, ...messages].map(([, name]) => name), ...raised];
  expect(raised.length).toBeGreaterThan(9);
  expect(sections.length).toBeGreaterThan(14);
  expect(sections.filter((name) => !runbook.includes(`\n### ${name}\n`))).toEqual([]);
});

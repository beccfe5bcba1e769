import { benchAnswers } from './answers.ts';
import { benchAudit } from './audit.ts';
import { benchCutOuts } from './cut-outs.ts';
import { benchDashboard } from './dashboard.ts';
import { benchEconomy } from './economy.ts';
import { benchEta } from './eta.ts';
import { benchFallback } from './fallback.ts';
import { benchFeed } from './feed.ts';
import { benchGrowth } from './growth.ts';
import { benchImages } from './images.ts';
import { benchJudging } from './judging.ts';
import { benchLoad } from './load.ts';
import { benchNeighbours } from './neighbours.ts';
import { benchPools } from './pools.ts';
import { benchQuota } from './quota.ts';
import { benchSample } from './sample.ts';
import { benchScaling } from './scaling.ts';
import { benchSimulate } from './simulate.ts';
import { benchTables } from './tables.ts';
import { machine, today } from './tell.ts';
import { benchThresholds } from './thresholds.ts';
import { benchUploads } from './uploads.ts';

/**
 * `npm run bench -- <name>`: each prints its figures and what they are measured against, all from one run. `--save` keeps what `tell`
 * prints, with machine and date.
 */
const BENCHES: Record<string, (args: string[]) => Promise<void>> = {
  answers: benchAnswers,
  audit: benchAudit,
  'cut-outs': benchCutOuts,
  dashboard: benchDashboard,
  economy: benchEconomy,
  eta: benchEta,
  fallback: benchFallback,
  feed: benchFeed,
  growth: benchGrowth,
  images: benchImages,
  judging: benchJudging,
  load: benchLoad,
  neighbours: benchNeighbours,
  pools: benchPools,
  quota: benchQuota,
  sample: benchSample,
  scaling: benchScaling,
  simulate: benchSimulate,
  tables: benchTables,
  thresholds: benchThresholds,
  uploads: benchUploads,
};

/** What runs without a name: a quarter of an hour on two cores that nobody else uses. */
const WITHOUT_NAME = ['simulate', 'scaling', 'quota', 'growth', 'tables', 'feed'];

const [name, ...args] = process.argv.slice(2).filter((word) => word !== '--save');
console.log(`${today()}, ${machine()}`);
const names = name === undefined ? WITHOUT_NAME : [name];
if (name !== undefined && !(name in BENCHES)) {
  console.error(`Usage: npm run bench [-- ${Object.keys(BENCHES).join('|')}]`);
  process.exit(2);
}
for (const one of names) {
  if (names.length > 1) console.log(`\n— ${one}`);
  await BENCHES[one]?.(args);
}

import { benchAudit } from './audit.ts';
import { benchCutOuts } from './cut-outs.ts';
import { benchDashboard } from './dashboard.ts';
import { benchFeed } from './feed.ts';
import { benchImages } from './images.ts';
import { benchLoad } from './load.ts';
import { benchNeighbours } from './neighbours.ts';
import { benchPools } from './pools.ts';
import { benchQuota } from './quota.ts';
import { benchTables } from './tables.ts';
import { benchUploads } from './uploads.ts';

/** `npm run bench -- <name>`: each prints its figures and what they are measured against, all from one run. */
const BENCHES: Record<string, (args: string[]) => Promise<void>> = {
  audit: benchAudit,
  'cut-outs': benchCutOuts,
  dashboard: benchDashboard,
  feed: benchFeed,
  images: benchImages,
  load: benchLoad,
  neighbours: benchNeighbours,
  pools: benchPools,
  quota: benchQuota,
  tables: benchTables,
  uploads: benchUploads,
};

const [name = '', ...args] = process.argv.slice(2);
const bench = BENCHES[name];
if (!bench) {
  console.error(`Usage: npm run bench -- ${Object.keys(BENCHES).join('|')}`);
  process.exit(2);
}
await bench(args);

import { useEffect, useState } from 'preact/hooks';
import type { Studio } from '../studio.ts';
import { formatCount, formatTime } from '../text/format.ts';
import { language, translate } from '../text/translate.ts';
import './fleet-strip.css';

/** Workers and quota change slowly; a stopped fleet should still be noticed soon. */
const POLL_MS = 10_000;

/** What `GET /quota` answers. */
interface Quota {
  callsPerMinute: number;
  callsLastMinute: number;
  pausedUntil: string | null;
  messages: { code: string; message: string }[];
}

interface Fleet {
  quota: Quota;
  workers: number;
}

/** How many work, how much of the quota is used, and whatever needs a human. Shows nothing until it knows. */
export function FleetStrip({ studio: { client } }: { studio: Studio }) {
  const [fleet, setFleet] = useState<Fleet | null>(null);
  useEffect(() => {
    const ending = new AbortController();
    const read = async (): Promise<void> => {
      const [quota, workers] = await Promise.all([
        client.get<Quota>('quota', ending.signal),
        client.get<{ items: unknown[] }>('workers', ending.signal),
      ]);
      setFleet({ quota, workers: workers.items.length });
    };
    // The list on the same page says when the server is away; the strip keeps what it last knew.
    const readAgain = (): void => void read().catch(() => {});
    readAgain();
    const poll = setInterval(readAgain, POLL_MS);
    return () => {
      ending.abort();
      clearInterval(poll);
    };
  }, [client]);

  const warnings = fleet ? warningsOf(fleet) : [];
  return (
    <div class="fleet" role="status">
      <p class="small soft">{fleet && summaryOf(fleet)}</p>
      {warnings.map((warning) => (
        <p key={warning} class="note fleet-warning">
          {warning}
        </p>
      ))}
    </div>
  );
}

function summaryOf({ quota, workers }: Fleet): string {
  const count = workers === 1 ? translate('oneWorker') : translate('workers', { n: formatCount(workers) });
  const use = { used: formatCount(quota.callsLastMinute), allowed: formatCount(quota.callsPerMinute) };
  return `${count} · ${translate('quotaUse', use)}`;
}

function warningsOf({ quota, workers }: Fleet): string[] {
  return [
    ...(workers === 0 ? [translate('noWorkers')] : []),
    ...(quota.pausedUntil
      ? [translate('quotaPaused', { time: formatTime(quota.pausedUntil, language.get()) })]
      : []),
    ...quota.messages.map(({ message }) => message),
  ];
}

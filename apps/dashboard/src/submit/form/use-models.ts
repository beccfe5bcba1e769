import { useEffect, useState } from 'preact/hooks';
import type { Studio } from '../../studio.ts';

/** What `GET /models` says of a model that a batch may name. */
export interface NamedModel {
  alias: string;
  model: string;
  isDefault: boolean;
  /** Among the models of a batch that names none. */
  defaultPlace?: number | null;
  health: 'up' | 'down' | 'paused' | 'unserved';
}

/** The models that a batch may name; none while they are not known. */
export function useModels(client: Studio['client']): readonly NamedModel[] {
  const [models, setModels] = useState<readonly NamedModel[]>([]);
  useEffect(() => {
    const ending = new AbortController();
    client.get<{ items: NamedModel[] }>('models', ending.signal).then(
      ({ items }) => setModels(items),
      () => {},
    );
    return () => ending.abort();
  }, [client]);
  return models;
}

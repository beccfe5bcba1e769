import type { StudioClient } from './studio-client.ts';

/**
 * Saves what `path` of the API answers under `name`. Without a key the browser does it by itself, however large it is;
 * a key travels in a header, so then it is fetched first. Rejects with `ProblemError`.
 */
export async function download(client: StudioClient, path: string, name: string): Promise<void> {
  if (!client.hasKey()) return save(`api/v1/${path}`, name);
  const url = URL.createObjectURL(await client.blob(path));
  save(url, name);
  // The browser has opened it by then; kept, it would hold the whole file.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function save(href: string, name: string): void {
  const link = document.createElement('a');
  link.href = href;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}

import './ui/tokens.css';
import './ui/base.css';

import { render } from 'preact';
import { io } from 'socket.io-client';
import { apiKey, keyWanted } from './api/api-key.ts';
import { createStudioClient } from './api/studio-client.ts';
import { App } from './app.tsx';
import { createLiveLink } from './live/live-link.ts';
import { loadPage } from './pages.ts';
import { createPollCache } from './state/poll-cache.ts';
import { chooseLanguage, preferredLanguage } from './text/translate.ts';
import { loadPagesWith } from './ui/navigate.ts';
import { applyTheme, theme } from './ui/theme.ts';

applyTheme(theme.get());
loadPagesWith(loadPage);
loadPagesAhead();
const firstPage = loadPage(location.hash);

const socket = io({
  // Not before REST has answered: a refused key would only be refused twice.
  autoConnect: false,
  path: new URL('socket.io', document.baseURI).pathname,
  // Polling is several requests, which a load balancer without sticky sessions sends to several servers. A proxy that
  // knows no websockets still gets it, at the second try.
  transports: ['websocket', 'polling'],
  tryAllTransports: true,
  auth: (send) => send({ token: apiKey.get() ?? undefined }),
});
const client = createStudioClient({
  key: apiKey.get,
  onUnauthorized: () => keyWanted.set(true),
  onWelcome: () => {
    if (!socket.active) socket.connect();
  },
});
// Another key is another person: the socket begins anew with it, and nothing is shown that the one before was told.
keyWanted.subscribe(() => {
  if (keyWanted.get()) socket.disconnect();
  else studio.polls.refresh();
});
const studio = { client, link: createLiveLink(socket), polls: createPollCache(client) };

/** A page whose Chinese cannot be fetched is better in English than not there. */
await chooseLanguage(preferredLanguage()).catch(() => chooseLanguage('en'));
// One that cannot be fetched says so when it is drawn.
await firstPage?.catch(() => {});
const root = document.getElementById('app');
if (root) render(<App studio={studio} />, root);

/** The code of a page is fetched when somebody is about to follow a link to it. */
function loadPagesAhead(): void {
  const load = ({ target }: Event): void => {
    const link = target instanceof Element ? target.closest('a') : null;
    if (link?.hash) loadPage(link.hash)?.catch(() => {});
  };
  for (const event of ['pointerover', 'focusin']) addEventListener(event, load, { passive: true });
}

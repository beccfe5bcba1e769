import { connect } from 'node:net';

/** A loopback server that has not answered by then is not going to. */
const ANSWER_TIMEOUT_MS = 1000;

/**
 * Process id of the Redis that is ready on a loopback port; `undefined` when none answers (or it is still loading).
 * Speaks Redis' inline protocol itself, so that no client library is needed this early.
 */
export function askRedisForPid(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let answer = '';
    const settle = (pid?: number) => {
      socket.destroy();
      resolve(pid);
    };
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => settle());
    socket.on('error', () => settle());
    socket.on('close', () => settle());
    socket.on('connect', () => socket.write('PING\r\nINFO server\r\n'));
    socket.on('data', (chunk) => {
      answer += chunk;
      if (answer.startsWith('-')) settle();
      const pid = /process_id:(\d+)\r\n/.exec(answer)?.[1];
      if (pid !== undefined) settle(Number(pid));
    });
  });
}

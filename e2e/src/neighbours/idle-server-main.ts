import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A server that does nothing for anybody: it reads bodies and throws them away, answers 404 and swallows what comes over web
 * sockets. What an attack on it costs a neighbour is what the attacker itself and the kernel take from a shared machine. Prints
 * its address.
 */
const server = createServer((request, response) => {
  request.on('error', () => {}).resume();
  request.once('end', () => response.writeHead(404).end('{}'));
});

server.on('upgrade', (request, socket) => {
  const accept = createHash('sha1')
    .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  // Engine.io's greeting, without which its client says nothing.
  const greeting =
    '0{"sid":"none","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":16384}';
  socket.write(Buffer.concat([Buffer.from([0x81, greeting.length]), Buffer.from(greeting)]));
  socket.on('error', () => {}).resume();
  setTimeout(() => socket.destroy(), 500);
});

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});

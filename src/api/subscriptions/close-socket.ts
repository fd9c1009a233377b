import type { WebSocket } from 'ws';

/** Closes a connection with a code and a reason, which is cut where it is too long. */
export function closeSocket(socket: WebSocket, code: number, reason: string): void {
  const bytes = Buffer.from(reason).subarray(0, REASON_BYTES_MAX);
  // A decoder that waits for more leaves out a character that was cut.
  socket.close(code, new TextDecoder().decode(bytes, { stream: true }));
}

/** The most bytes of a reason: the protocol has no room for more, and `ws` throws. */
const REASON_BYTES_MAX = 123;

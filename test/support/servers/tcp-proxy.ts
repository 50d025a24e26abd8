import net from 'node:net';

/** What a proxy does to connections; it can be changed at any time, and applies to those that are open. */
export interface TcpFaults {
  /** New connections are ended before a byte is passed on. */
  refuse?: boolean;
  /** Before bytes are passed on to the client, in ms. */
  delayMs?: number;
  /** The connection ends after so many bytes of replies, counted from now on and over all connections. */
  cutReplyAfterBytes?: number;
  /** Replies are taken from the server and not passed on. */
  swallowReplies?: boolean;
  /** Requests are taken from the client and not passed on. */
  swallowRequests?: boolean;
}

export interface TcpProxy {
  readonly port: number;
  /** Connections that clients have made so far. */
  readonly connections: number;
  /** Replaces all faults; without any it passes everything on. */
  setFaults(faults: TcpFaults): void;
  /** Ends all connections with a reset. */
  reset(): void;
  stop(): Promise<void>;
}

/** A proxy on a free loopback port before the server at `host` and `port`. */
export async function startTcpProxy({ host = '127.0.0.1', port }: { host?: string; port: number }): Promise<TcpProxy> {
  let faults: TcpFaults = {};
  let replyBytes = 0;
  let connections = 0;
  const sockets = new Set<net.Socket>();

  const keep = (socket: net.Socket): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  };

  const passReply = (chunk: Buffer, client: net.Socket): void => {
    const { cutReplyAfterBytes, swallowReplies, delayMs } = faults;
    if (swallowReplies === true) return;
    const left = (cutReplyAfterBytes ?? Infinity) - replyBytes;
    replyBytes += chunk.length;
    const send = (): void => {
      if (client.destroyed) return;
      if (chunk.length < left) client.write(chunk);
      else client.end(chunk.subarray(0, Math.max(0, left)));
    };
    if (delayMs === undefined) send();
    else setTimeout(send, delayMs);
  };

  const server = net.createServer((client) => {
    connections++;
    keep(client);
    if (faults.refuse === true) return void client.destroy();
    const upstream = net.connect(port, host);
    keep(upstream);
    client.on('data', (chunk) => {
      if (faults.swallowRequests !== true) upstream.write(chunk);
    });
    upstream.on('data', (chunk) => passReply(chunk, client));
    client.once('close', () => upstream.destroy());
    // What was delayed is still passed on.
    upstream.once('close', () => setTimeout(() => client.destroy(), faults.delayMs ?? 0));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });

  return {
    port: (server.address() as net.AddressInfo).port,
    get connections() {
      return connections;
    },
    setFaults: (next) => {
      faults = next;
      replyBytes = 0;
    },
    reset: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

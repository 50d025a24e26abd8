import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReviewService {
  readonly url: string;
  /** Models that were asked, in order. */
  readonly asked: string[];
  close(): Promise<void>;
}

interface ReviewRequest {
  readonly model: string;
  readonly system: string;
  readonly text: string;
}

/** Answers as a language model might: remarks, a refusal of what holds a secret, and what it took. */
export async function openReviewService(): Promise<ReviewService> {
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (piece: string) => (body += piece));
    request.on('end', () => {
      const { model, system, text } = JSON.parse(body) as ReviewRequest;
      asked.push(model);
      const tokens = system.length + text.length;
      const answer = text.includes('SECRET') ? { refusal: 'it holds a secret' } : { remarks: [`${tokens} characters`] };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ ...answer, tokens }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

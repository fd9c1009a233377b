import { Readable } from 'node:stream';
import { Logger } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Form } from './forms.js';
import type { Table } from './tables.js';

/** Answers with a file. An error before the first page is an answer with a code. */
export async function sendTable<Line>(
  { columns, pages }: Table<Line>,
  name: string,
  { type, extension, headOf, linesOf }: Form,
  reply: FastifyReply,
): Promise<void> {
  const first = await pages.next();
  // It may have been answered with TIMEOUT meanwhile.
  if (reply.sent) return;
  const names = columns.map((column) => column.name);
  const textOf = (lines: readonly Line[]): string =>
    linesOf(
      names,
      lines.map((line) => columns.map(({ of }) => of(line))),
    );
  const texts = async function* (): AsyncGenerator<string> {
    yield headOf(names) + textOf(first.value ?? []);
    for await (const lines of pages) yield textOf(lines);
  };
  const body = Readable.from(texts());
  // A file that breaks off must not look like a whole one: its connection breaks.
  body.once('error', (error) => {
    log.warn(`${name}.${extension} breaks off: ${error.message}`);
  });
  reply.request.isStreamed = true;
  await reply
    .type(type)
    .header('cache-control', 'no-store')
    .header('content-disposition', `attachment; filename="${name}.${extension}"`)
    .send(body);
}

const log = new Logger('Export');

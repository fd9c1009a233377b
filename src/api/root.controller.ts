import { Controller, Get, Header, Inject } from '@nestjs/common';
import { Requires } from './access/requires.decorator.js';
import { GRAPHIQL_PATH } from './graphiql/graphiql-page.js';

export const ROOT_SETTINGS = Symbol('RootSettings');

/** Answers the page for people who open the server in a browser. */
@Requires('nothing')
@Controller()
export class RootController {
  constructor(@Inject(ROOT_SETTINGS) private readonly settings: RootSettings) {}

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header(
    'content-security-policy',
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  )
  page(): string {
    return pageOf(this.settings);
  }
}

export interface RootSettings {
  /** Says whether this server has GraphiQL; then the page links to it. */
  readonly hasGraphiql: boolean;
}

const pageOf = ({ hasGraphiql }: RootSettings): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Playhead</title>
<style>
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; }
  body { padding: 0 1rem; }
  code { background: #8882; padding: .1rem .3rem; border-radius: .2rem; }
  :root { color-scheme: light dark; }
</style>
<h1>Playhead</h1>
<p>Self-hosted, event-sourced analytics for media streaming. This server is running.</p>
<ul>
  <li>The API is GraphQL, at <code>POST /graphql</code>; its schema is
    <code>schema.gql</code> in the repository.${hasGraphiql ? TO_GRAPHIQL : ''}</li>
  <li>Players send many events at once to <code>POST /events</code>.</li>
  <li>Health: <a href="/health/live">live</a>, <a href="/health/ready">ready</a>.</li>
  <li>Documentation, in the repository: <code>README.md</code> to begin with,
    <code>docs/metrics.md</code> for what every figure means, <code>docs/errors.md</code>,
    <code>docs/operations.md</code> for settings, metrics and backups,
    <code>SECURITY.md</code>.</li>
</ul>
</html>
`;

const TO_GRAPHIQL = ` Try it in <a href="${GRAPHIQL_PATH}">GraphiQL</a>.`;

import type { FastifyInstance } from 'fastify';

/**
 * Adds the dashboard: a page, its script and its styles, and the definitions of figures, from files
 * that are built with this server. They are open to everyone, as they hold no data. The page needs
 * a key for its queries.
 */
export function addDashboard(fastify: FastifyInstance): void {
  for (const path of DASHBOARD_PAGES) {
    fastify.get(path, (_request, reply) =>
      reply
        .header('cache-control', 'no-cache')
        .header('content-security-policy', POLICY)
        .sendFile('dashboard.html', { cacheControl: false }),
    );
  }
  fastify.get('/dashboard/metrics.html', (_request, reply) =>
    reply
      .header('cache-control', 'no-cache')
      .header('content-security-policy', POLICY)
      .sendFile('metrics.html', { cacheControl: false }),
  );
  fastify.get<{ Params: { readonly name: string } }>(FILE, (request, reply) =>
    reply.sendFile(request.params.name, { immutable: true, maxAge: '1y' }),
  );
}

/** The addresses of the dashboard's pages. All get the same file, which reads the address. */
const DASHBOARD_PAGES = [
  '/',
  '/live',
  '/media',
  '/quality',
  '/delivery',
  '/sessions',
  '/system',
] as const;
/** Matches names with a hash, as dashboard/build.js gives them: such a file never changes. */
const FILE = '/dashboard/:name(^(?:dashboard|more)-[0-9a-f]{8}\\.(?:js|css)$)';
/** Lets the page load this server's files and ask this server; nothing may write markup as text. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

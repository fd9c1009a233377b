import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { withKey } from '../support/http.js';
import { programPath } from '../support/programs.js';
import { KEYS, type Proxied } from '../support/proxied.js';
import { RawConnection } from '../support/raw-http.js';

const OTHER = 'other.example';
/** Stands in the query of every request here. */
const SECRET = 'a-word-of-nobody';
const PATH = `/events?word=${SECRET}`;

/** What comes of requests that are not for the proxy's name: nothing, and no line in any log. */
export function otherHostsSuite(under: Proxied): void {
  const isNginx = under.kind === 'nginx';
  const plain = async (...lines: readonly string[]): Promise<string> => {
    const connection = await RawConnection.to(`http://127.0.0.1:${String(under.proxy.plainPort)}`);
    connection.send([...lines, 'Connection: close', '', ''].join('\r\n'));
    return connection.end();
  };

  it('answers nothing of Playhead to another name', async () => {
    const said = [
      await plain(`GET ${PATH} HTTP/1.1`, `Host: ${OTHER}`),
      await plain(`GET ${PATH} HTTP/1.0`),
    ];
    if (isNginx) expect(said).toEqual(['', '']);
    const asked = under.client.send(PATH, { headers: { host: OTHER, ...withKey(KEYS.read) } });
    if (isNginx) await expect(asked).rejects.toThrow();
    else expect((await asked).text).toBe('');
    expect(under.proxy.logs()).not.toContain(SECRET);
  });

  it('shows another name no certificate', async () => {
    const socket = connect({
      host: '127.0.0.1',
      port: under.proxy.port,
      servername: OTHER,
      rejectUnauthorized: false,
    });
    const [error] = (await once(socket, 'error').catch((failed: unknown) => [failed])) as [Error];
    expect(error.message).toMatch(/alert/);
  });

  it('logs nothing of what is no request', async () => {
    await plain(`GET ${PATH} HTTP/1.1`, `Host: ${OTHER} and more`);
    await plain(`GET ${PATH} and more`);
    await plain(`GET ${PATH} HTTP/1.1`, `Host: localhost`, `Long: ${'a'.repeat(2 ** 20)}`);
    expect(under.proxy.logs()).not.toContain(SECRET);
  });

  if (isNginx) {
    it('is not taken by nginx beside the site that Debian puts there', () => {
      const { folder, proxy } = under;
      const check = (sites: string): string => {
        const path = join(folder, 'both.conf');
        const frame = readFileSync(join(folder, 'nginx.conf'), 'utf8');
        writeFileSync(path, frame.replace(/\}$/, `${sites} }`));
        const words = ['-t', '-p', folder, '-c', path, '-e', join(folder, 'checked.log')];
        return spawnSync(programPath('nginx') ?? '', words, { encoding: 'utf8' }).stderr;
      };
      const at = `listen 127.0.0.1:${String(proxy.plainPort)}`;
      expect(check(`server { ${at}; server_name ${OTHER}; }`)).toContain('test is successful');
      expect(check(`server { ${at} default_server; }`)).toContain('a duplicate default server');
    });
  }
}

import { faultOf } from './ask.js';
import { keyHeaders } from './key.js';

/**
 * Fetches a file with the key as a header, and saves it: no key stands in an address. Rejects with
 * what the server says.
 */
export async function saveCsv(
  file: 'breakdown' | 'sessions' | 'timeseries',
  asked: Readonly<Record<string, unknown>>,
): Promise<void> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) {
    if (value === undefined || value === null || value === '') continue;
    search.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  const response = await fetch(`/export/${file}.csv?${search.toString()}`, {
    headers: keyHeaders(),
  });
  if (!response.ok) throw await faultOf(response);
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = `playhead-${file}.csv`;
  link.click();
  URL.revokeObjectURL(url);
}

import type { ComponentChildren, JSX } from 'preact';

/** What an order did, told to whoever does not see it as well. */
export const Said = ({ children }: { readonly children: ComponentChildren }): JSX.Element => (
  <div class="said" role="status">
    {children}
  </div>
);

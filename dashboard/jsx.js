/** What elements are made with: shorter than the functions that compilers take by themselves. */
export { Fragment, h } from 'preact';

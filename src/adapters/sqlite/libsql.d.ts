/** The used part of libsql; its own types are those of another package. */
declare module 'libsql' {
  namespace Database {
    type Value = string | number | null;
    interface Statement {
      raw(): this;
      run(...parameters: Value[]): { changes: number };
      get(...parameters: Value[]): Value[] | undefined;
      all(...parameters: Value[]): Value[][];
    }
    interface Database {
      readonly inTransaction: boolean;
      prepare(sql: string): Statement;
      exec(sql: string): void;
      pragma(sql: string): unknown;
      close(): void;
    }
  }
  const Database: new (path: string, options?: { timeout?: number }) => Database.Database;
  export default Database;
}

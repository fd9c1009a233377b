'use strict';
/*
 * The beginning of every program of Playhead, in a syntax that any Node can read. If Node is too
 * old, it says so before it loads anything that needs more. `node launch.cjs` alone checks Node and
 * looks for the packages; with a program, it also looks for its build and runs it.
 */

/** Exit statuses of sysexits.h. */
var EX_UNAVAILABLE = 69;
var EX_CONFIG = 78;
var OWNER_ONLY = parseInt('077', 8);
/** The number of files that a server may want to have open at a time, at the least. */
var OPEN_FILES_MIN = 1024;
/** With fewer a server may not even start, and its failure need not say why. */
var OPEN_FILES_TO_START = 128;
var TOO_FEW_FILES =
  'too many files are open: let this process have ' + OPEN_FILES_MIN + ' or more (ulimit -n)';

/** The one place that says which Node is new enough. */
var floor = /\d+(\.\d+)*/.exec(require('./package.json').engines.node)[0];

function end(message, status) {
  process.stderr.write('playhead: ' + message + '\n');
  process.exit(status);
}

function isOlder(version, other) {
  var parts = version.split('.');
  var others = other.split('.');
  for (var i = 0; i < others.length; i += 1) {
    var difference = Number(parts[i]) - Number(others[i]);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

if (isOlder(process.versions.node, floor)) {
  end(
    'this is Node.js ' +
      process.versions.node +
      ', and Playhead needs ' +
      floor +
      ' or newer: ' +
      'install a newer one (https://nodejs.org)',
    EX_CONFIG,
  );
}

/** Returns how many files this process may have open; undefined if unlimited or not known. */
function openFilesMax() {
  try {
    var limits = require('fs').readFileSync('/proc/self/limits', 'utf8');
    return Number(/^Max open files +(\d+|unlimited)/m.exec(limits)[1]) || undefined;
  } catch (error) {
    // Only Linux has that file. Elsewhere the report takes some hundredths of a second.
    if (error.code !== 'ENOENT') return undefined;
    var report = process.report.getReport().userLimits || {};
    return Number((report.open_files || {}).soft) || undefined;
  }
}

/** Ends the process: says why the program could not be loaded, or what it did not catch. */
function fail(error) {
  var isObject = typeof error === 'object' && error !== null;
  var code = isObject ? error.code : undefined;
  var message = String((isObject && error.message) || error).split('\n')[0];
  var isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  // Without free descriptors the loader does not find modules that are there.
  if (code === 'EMFILE' || code === 'ENFILE' || (isMissing && openFilesMax() < OPEN_FILES_MIN)) {
    message = TOO_FEW_FILES;
  } else if (isMissing) {
    message = 'a part of it is missing: run npm ci, then npm run build (' + message + ')';
  }
  end(message, EX_UNAVAILABLE);
}

/**
 * Runs a program, which `load` imports. Until its import has ended, an error ends the process with
 * one line. The files that the program writes are its owner's alone, and Node's warnings are the
 * program's to tell.
 */
module.exports = function launch(load) {
  process.umask(OWNER_ONLY);
  process.removeAllListeners('warning');
  process.env.NODE_NO_WARNINGS = '1'; // for the threads, which begin with this environment
  process.on('uncaughtException', fail);
  if (openFilesMax() < OPEN_FILES_TO_START) end(TOO_FEW_FILES, EX_UNAVAILABLE);
  load().then(function () {
    process.removeListener('uncaughtException', fail);
  }, fail);
};

/** Begins a program for a script of package.json, in a clone that may be new. */
function begin(program) {
  var fs = require('fs');
  if (!fs.existsSync(__dirname + '/node_modules/@nestjs')) {
    end('its packages are not installed: run npm ci', EX_UNAVAILABLE);
  }
  if (program === undefined) return;
  var path = require('path').resolve(__dirname, program);
  if (!fs.existsSync(path)) end('it is not built: run npm run build', EX_UNAVAILABLE);
  // From here on the program runs as if it had been called itself.
  process.argv.splice(1, 2, path);
  import(require('url').pathToFileURL(path).href);
}

if (require.main === module) begin(process.argv[2]);

/**
 * Situation | what the first of two writers does | what it is answered | the generations after
 * that, as it sees them. In the situations it holds, or believes to hold, what serves and builds.
 */
export const TRANSITIONS = `\
nothing | begin | done | building
nothing | bring back | "NONE_RETIRED" | 
nothing | start | true | serving
nothing | acquire | true | 
nothing | release | done | 
nothing | offer | CheckpointMoved | 
nothing | promote | CheckpointMoved | 
nothing | abandon | false | 
nothing | discard | false | 
nothing | commit | CheckpointMoved | 
nothing | renew | CheckpointMoved | 
nothing | keep | CheckpointMoved | 
serving | begin | done | serving, building
serving | bring back | "NONE_RETIRED" | serving
serving | start | true | removed, serving
serving | acquire | true | serving
serving | release | done | serving
serving | offer | CheckpointMoved | serving
serving | promote | CheckpointMoved | serving
serving | abandon | false | serving
serving | discard | true | removed
serving | commit | true | serving
serving | renew | done | serving
serving | keep | done | serving
serving, run out | begin | done | serving, building
serving, run out | bring back | "NONE_RETIRED" | serving
serving, run out | start | true | removed, serving
serving, run out | acquire | true | serving
serving, run out | release | done | serving
serving, run out | offer | CheckpointMoved | serving
serving, run out | promote | CheckpointMoved | serving
serving, run out | abandon | false | serving
serving, run out | discard | true | removed
serving, run out | commit | true | serving
serving, run out | renew | done | serving
serving, run out | keep | done | serving
serving, released | begin | done | serving, building
serving, released | bring back | "NONE_RETIRED" | serving
serving, released | start | true | removed, serving
serving, released | acquire | true | serving
serving, released | release | done | serving
serving, released | offer | CheckpointMoved | serving
serving, released | promote | CheckpointMoved | serving
serving, released | abandon | false | serving
serving, released | discard | true | removed
serving, released | commit | CheckpointMoved | serving
serving, released | renew | CheckpointMoved | serving
serving, released | keep | CheckpointMoved | serving
serving, lost | begin | done | serving (taken), building
serving, lost | bring back | "NONE_RETIRED" | serving (taken)
serving, lost | start | false | serving (taken)
serving, lost | acquire | false | serving (taken)
serving, lost | release | done | serving (taken)
serving, lost | offer | CheckpointMoved | serving (taken)
serving, lost | promote | CheckpointMoved | serving (taken)
serving, lost | abandon | false | serving (taken)
serving, lost | discard | false | serving (taken)
serving, lost | commit | CheckpointMoved | serving (taken)
serving, lost | renew | CheckpointMoved | serving (taken)
serving, lost | keep | CheckpointMoved | serving (taken)
building | begin | "UNDER_WAY" | serving, building
building | bring back | "UNDER_WAY" | serving, building
building | start | true | removed, building, serving
building | acquire | true | serving, building
building | release | done | serving, building
building | offer | done | serving, ready
building | promote | CheckpointMoved | serving, building
building | abandon | true | serving, removed
building | discard | true | removed, building
building | commit | true | serving, building
building | renew | done | serving, building
building | keep | done | serving, building
building, lost | begin | "UNDER_WAY" | serving (taken), building (taken)
building, lost | bring back | "UNDER_WAY" | serving (taken), building (taken)
building, lost | start | false | serving (taken), building (taken)
building, lost | acquire | false | serving (taken), building (taken)
building, lost | release | done | serving (taken), building (taken)
building, lost | offer | CheckpointMoved | serving (taken), building (taken)
building, lost | promote | CheckpointMoved | serving (taken), building (taken)
building, lost | abandon | true | serving (taken), removed
building, lost | discard | false | serving (taken), building (taken)
building, lost | commit | CheckpointMoved | serving (taken), building (taken)
building, lost | renew | CheckpointMoved | serving (taken), building (taken)
building, lost | keep | CheckpointMoved | serving (taken), building (taken)
ready | begin | "UNDER_WAY" | serving, ready
ready | bring back | "UNDER_WAY" | serving, ready
ready | start | true | removed, ready, serving
ready | acquire | true | serving, ready
ready | release | done | serving, ready
ready | offer | CheckpointMoved | serving, ready
ready | promote | done | retired, serving
ready | abandon | true | serving, removed
ready | discard | true | removed, ready
ready | commit | true | serving, ready
ready | renew | done | serving, ready
ready | keep | done | serving, ready
ready, lost | begin | "UNDER_WAY" | serving (taken), ready (taken)
ready, lost | bring back | "UNDER_WAY" | serving (taken), ready (taken)
ready, lost | start | false | serving (taken), ready (taken)
ready, lost | acquire | false | serving (taken), ready (taken)
ready, lost | release | done | serving (taken), ready (taken)
ready, lost | offer | CheckpointMoved | serving (taken), ready (taken)
ready, lost | promote | CheckpointMoved | serving (taken), ready (taken)
ready, lost | abandon | true | serving (taken), removed
ready, lost | discard | false | serving (taken), ready (taken)
ready, lost | commit | CheckpointMoved | serving (taken), ready (taken)
ready, lost | renew | CheckpointMoved | serving (taken), ready (taken)
ready, lost | keep | CheckpointMoved | serving (taken), ready (taken)
ready, alone | begin | "UNDER_WAY" | ready
ready, alone | bring back | "UNDER_WAY" | ready
ready, alone | start | true | ready, serving
ready, alone | acquire | true | ready
ready, alone | release | done | ready
ready, alone | offer | CheckpointMoved | ready
ready, alone | promote | done | serving
ready, alone | abandon | true | removed
ready, alone | discard | false | ready
ready, alone | commit | true | ready
ready, alone | renew | done | ready
ready, alone | keep | done | ready
promoted | begin | done | retired, serving, building
promoted | bring back | done | building, serving
promoted | start | false | retired, serving
promoted | acquire | false | retired, serving
promoted | release | done | retired, serving
promoted | offer | CheckpointMoved | retired, serving
promoted | promote | CheckpointMoved | retired, serving
promoted | abandon | false | retired, serving
promoted | discard | false | retired, serving
promoted | commit | true | retired, serving
promoted | renew | done | retired, serving
promoted | keep | done | retired, serving
abandoned | begin | done | serving, removed, building
abandoned | bring back | "NONE_RETIRED" | serving, removed
abandoned | start | true | removed, removed, serving
abandoned | acquire | false | serving, removed
abandoned | release | done | serving, removed
abandoned | offer | CheckpointMoved | serving, removed
abandoned | promote | CheckpointMoved | serving, removed
abandoned | abandon | false | serving, removed
abandoned | discard | true | removed, removed
abandoned | commit | CheckpointMoved | serving, removed
abandoned | renew | CheckpointMoved | serving, removed
abandoned | keep | CheckpointMoved | serving, removed`;

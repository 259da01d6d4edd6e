//! Runs one process to its end or its time limit and keeps what it wrote.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A process that lives longer than this is killed and reported.
pub const TIME_LIMIT: Duration = Duration::from_secs(60);

/// How often the end of a process is looked for; the first looks come sooner.
const POLL_INTERVAL_MAX: Duration = Duration::from_millis(10);

/// How a process ended and what it wrote.
#[derive(Debug)]
pub struct Outcome {
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub end: End,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Exited(i32),
    Signalled(i32),
    TimedOut,
}

impl std::fmt::Display for End {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exited(code) => write!(formatter, "exit code {code}"),
            Self::Signalled(signal) => write!(formatter, "killed by signal {signal}"),
            Self::TimedOut => write!(formatter, "killed after {} s", TIME_LIMIT.as_secs()),
        }
    }
}

/// Runs `binary` with `arguments` in `directory`, without input and with a reproducible
/// environment.
///
/// # Errors
///
/// Returns a message if the process cannot be started or watched.
pub fn run(binary: &Path, arguments: &[&str], directory: &Path) -> Result<Outcome, String> {
    run_limited(binary, arguments, directory, TIME_LIMIT)
}

fn run_limited(binary: &Path, arguments: &[&str], directory: &Path, time_limit: Duration) -> Result<Outcome, String> {
    let mut command = Command::new(binary);
    command.args(arguments).current_dir(directory);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PYTHON") {
            command.env_remove(name);
        }
    }
    // A cache beside the helper modules would show in the work tree; colours depend on terminals.
    command.env("PYTHONDONTWRITEBYTECODE", "1").env("NO_COLOR", "1");
    let mut child = command.spawn().map_err(|error| format!("cannot start {}: {error}", binary.display()))?;
    let stdout = collect(child.stdout.take().expect("stdout is piped"));
    let stderr = collect(child.stderr.take().expect("stderr is piped"));
    let end = wait(&mut child, time_limit).map_err(|error| format!("cannot wait: {error}"))?;
    Ok(Outcome {
        stdout: stdout.join().expect("the reader of stdout does not panic"),
        stderr: stderr.join().expect("the reader of stderr does not panic"),
        end,
    })
}

/// Reads a pipe on a thread of its own, so that a chatty child never blocks on a full pipe.
fn collect(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // A read error ends the text early, which the comparison then reports.
        let _ = pipe.read_to_end(&mut bytes);
        bytes
    })
}

fn wait(child: &mut Child, time_limit: Duration) -> std::io::Result<End> {
    let start = Instant::now();
    let mut pause = Duration::from_micros(200);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(end_of(status));
        }
        if start.elapsed() >= time_limit {
            child.kill()?;
            child.wait()?;
            return Ok(End::TimedOut);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(POLL_INTERVAL_MAX);
    }
}

#[cfg(unix)]
fn end_of(status: ExitStatus) -> End {
    use std::os::unix::process::ExitStatusExt;
    match status.signal() {
        Some(signal) => End::Signalled(signal),
        None => End::Exited(status.code().unwrap_or(-1)),
    }
}

#[cfg(not(unix))]
fn end_of(status: ExitStatus) -> End {
    End::Exited(status.code().unwrap_or(-1))
}

#[cfg(all(test, unix))]
mod tests {
    use super::{End, run, run_limited};
    use std::path::Path;
    use std::time::Duration;

    fn shell(script: &str, limit: Option<Duration>) -> super::Outcome {
        let (binary, directory) = (Path::new("sh"), Path::new("."));
        match limit {
            Some(limit) => run_limited(binary, &["-c", script], directory, limit),
            None => run(binary, &["-c", script], directory),
        }
        .unwrap()
    }

    #[test]
    fn text_and_exit_code_are_kept() {
        let outcome = shell("echo out; echo err >&2; exit 3", None);
        assert_eq!(outcome.stdout, b"out\n");
        assert_eq!(outcome.stderr, b"err\n");
        assert_eq!(outcome.end, End::Exited(3));
    }

    #[test]
    fn signals_and_time_limits_are_reported() {
        assert_eq!(shell("kill -9 $$", None).end, End::Signalled(9));
        let limited = shell("echo out; exec sleep 20", Some(Duration::from_millis(200)));
        assert_eq!((limited.end, &limited.stdout[..]), (End::TimedOut, &b"out\n"[..]));
    }
}

//! Runs one child process and measures it: wall time, CPU time, peak memory, what it printed.
//!
//! The output goes to anonymous files, so that no pipe fills up and nothing of ours runs meanwhile.
//! Peak memory is the kernel's figure for the child and those of its own children it waited for; it
//! can never be below our own size at the fork, so this process stays small.
//!
//! The crate's only `unsafe` code is here.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

#[derive(Debug)]
pub struct Measured {
    pub wall: Duration,
    /// User and system time together.
    pub cpu: Duration,
    pub peak_bytes: u64,
    pub stdout: String,
}

/// Runs the command to its end. An error says how it failed, in one line.
pub fn measure(
    command: &[String],
    arguments: &[String],
    environment: &[(String, String)],
    timeout: Duration,
) -> Result<Measured, String> {
    let describe = |error: io::Error| format!("{}: {error}", command[0]);
    let mut stdout = anonymous_file().map_err(describe)?;
    let mut stderr = anonymous_file().map_err(describe)?;
    let mut prepared = Command::new(&command[0]);
    prepared
        .args(&command[1..])
        .args(arguments)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(stdout.try_clone().map_err(describe)?)
        .stderr(stderr.try_clone().map_err(describe)?);
    let start = Instant::now();
    let child = prepared.spawn().map_err(describe)?;
    let process = child.id() as libc::pid_t;
    let in_time = wait_until(process, start + timeout).map_err(describe)?;
    let wall = start.elapsed();
    if !in_time {
        // SAFETY: the child has not been waited for, so its id cannot belong to another process.
        unsafe { libc::kill(process, libc::SIGKILL) };
    }
    let (status, usage) = reap(process).map_err(describe)?;
    if !in_time {
        return Err(format!("did not end within {} s", timeout.as_secs()));
    }
    if !status.success() {
        return Err(format!("{}: {}", describe_status(status), last_line(&read_back(&mut stderr)?)));
    }
    Ok(Measured {
        wall,
        cpu: duration_of(usage.ru_utime) + duration_of(usage.ru_stime),
        // Linux counts this field in KiB.
        peak_bytes: usage.ru_maxrss as u64 * 1024,
        stdout: read_back(&mut stdout)?,
    })
}

/// Restricts this process and all that it starts to the last `count` cores it may use; returns them.
pub fn pin_to_cores(count: usize) -> Result<Vec<usize>, String> {
    // SAFETY: an all-zero bit set is a valid empty set of processors.
    let mut allowed: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    let size = size_of::<libc::cpu_set_t>();
    // SAFETY: the set is ours and `size` is its size; 0 means this process.
    if unsafe { libc::sched_getaffinity(0, size, &mut allowed) } != 0 {
        return Err(format!("--cores: {}", io::Error::last_os_error()));
    }
    let available: Vec<usize> = (0..libc::CPU_SETSIZE as usize)
        // SAFETY: the index is below the number of bits in the set.
        .filter(|&core| unsafe { libc::CPU_ISSET(core, &allowed) })
        .collect();
    if available.len() < count {
        return Err(format!("--cores {count}: only {} can be used here", available.len()));
    }
    // The first cores are where the kernel and other programs are busiest.
    let chosen = available[available.len() - count..].to_vec();
    // SAFETY: as above, an empty set.
    let mut wanted: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    for &core in &chosen {
        // SAFETY: the index came from a set of the same size.
        unsafe { libc::CPU_SET(core, &mut wanted) };
    }
    // SAFETY: the set is ours and `size` is its size.
    if unsafe { libc::sched_setaffinity(0, size, &wanted) } != 0 {
        return Err(format!("--cores: {}", io::Error::last_os_error()));
    }
    Ok(chosen)
}

fn anonymous_file() -> io::Result<File> {
    // SAFETY: the name is a C string, and the flag is one that the call knows.
    let descriptor = unsafe { libc::memfd_create(c"bench output".as_ptr(), libc::MFD_CLOEXEC) };
    owned(descriptor).map(File::from)
}

fn owned(descriptor: libc::c_int) -> io::Result<OwnedFd> {
    if descriptor < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the caller has just been given this descriptor, and nobody else knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}

/// Sleeps until the process ends; false if the deadline comes first.
fn wait_until(process: libc::pid_t, deadline: Instant) -> io::Result<bool> {
    // SAFETY: both arguments are plain numbers, and the process is our unreaped child.
    let handle = owned(unsafe { libc::syscall(libc::SYS_pidfd_open, process, 0) } as libc::c_int)?;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let mut entry = libc::pollfd { fd: handle.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        let milliseconds = left.as_millis().min(i32::MAX as u128) as libc::c_int;
        // SAFETY: the pointer is to one entry, as the count says.
        match unsafe { libc::poll(&mut entry, 1, milliseconds) } {
            0 => return Ok(false),
            1 => return Ok(true),
            _ => {
                let error = io::Error::last_os_error();
                if error.kind() != io::ErrorKind::Interrupted {
                    return Err(error);
                }
            }
        }
    }
}

fn reap(process: libc::pid_t) -> io::Result<(ExitStatus, libc::rusage)> {
    let mut status = 0;
    // SAFETY: the record holds only integers, for which zero is a value.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    loop {
        // SAFETY: both pointers are to our own variables, of the types that the call fills.
        if unsafe { libc::wait4(process, &mut status, 0, &mut usage) } == process {
            return Ok((ExitStatus::from_raw(status), usage));
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

fn duration_of(time: libc::timeval) -> Duration {
    Duration::new(time.tv_sec as u64, time.tv_usec as u32 * 1000)
}

fn read_back(file: &mut File) -> Result<String, String> {
    let mut bytes = Vec::new();
    file.rewind().and_then(|()| file.read_to_end(&mut bytes)).map_err(|error| format!("its output: {error}"))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn describe_status(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("killed by signal {signal}"),
        (None, None) => "ended in an unknown way".to_owned(),
    }
}

fn last_line(text: &str) -> &str {
    text.trim_end().lines().last().unwrap_or("no message")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, timeout: Duration) -> Result<Measured, String> {
        measure(&["sh".to_owned(), "-c".to_owned()], &[script.to_owned()], &[], timeout)
    }

    #[test]
    fn a_child_is_measured() {
        let measured = shell("echo one; echo two", Duration::from_secs(10)).unwrap();
        assert_eq!(measured.stdout, "one\ntwo\n");
        assert!(measured.wall > Duration::ZERO);
        assert!(measured.peak_bytes > 0);
    }

    #[test]
    fn failures_say_how_in_one_line() {
        let failed = shell("echo first >&2; echo last >&2; exit 3", Duration::from_secs(10));
        assert_eq!(failed.unwrap_err(), "exit code 3: last");
        let killed = shell("kill -9 $$", Duration::from_secs(10));
        assert_eq!(killed.unwrap_err(), "killed by signal 9: no message");
        let late = shell("exec sleep 5", Duration::from_millis(50));
        assert!(late.unwrap_err().contains("did not end"));
        let missing = measure(&["no-such-command".to_owned()], &[], &[], Duration::from_secs(1));
        assert!(missing.unwrap_err().starts_with("no-such-command: "));
    }
}

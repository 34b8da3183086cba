//! What the machine does while a run trains: CPU, memory, disk, network, and NVIDIA GPUs where there are any.
//!
//! Names and units are MLflow's, without the prefix `system/`, which belongs to the run that they are logged to.

mod gpu;

use std::collections::BTreeMap;
use std::path::Path;

use sysinfo::{DiskRefreshKind, Disks, MemoryRefreshKind, Networks, System};

use gpu::Gpus;

const MEGABYTE: f64 = 1e6;

/// Samples the machine; what was sampled is handed out as averages.
pub struct SystemSampler {
    system: System,
    disks: Disks,
    networks: Networks,
    /// Bytes received and sent before the first sample: what the run is charged with begins at zero.
    network_before: (u64, u64),
    gpus: Option<Gpus>,
    sums: BTreeMap<String, Sum>,
    network: Option<(f64, f64)>,
}

#[derive(Default)]
struct Sum {
    total: f64,
    count: u32,
}

impl SystemSampler {
    /// Takes the first look at the machine; CPU use and network traffic of later samples count from here.
    #[must_use]
    pub fn new() -> Self {
        let mut system = System::new();
        system.refresh_cpu_usage();
        let networks = Networks::new_with_refreshed_list();
        Self {
            network_before: traffic(&networks),
            system,
            disks: Disks::new_with_refreshed_list_specifics(DiskRefreshKind::nothing().with_storage()),
            networks,
            gpus: Gpus::find(),
            sums: BTreeMap::new(),
            network: None,
        }
    }

    /// Looks at the machine now. CPU use is the mean since the sample before.
    pub fn sample(&mut self) {
        self.system.refresh_cpu_usage();
        self.system.refresh_memory_specifics(MemoryRefreshKind::nothing().with_ram());
        self.add("cpu_utilization_percentage", f64::from(self.system.global_cpu_usage()));
        let (used, total) = (self.system.used_memory() as f64, self.system.total_memory() as f64);
        self.add("system_memory_usage_megabytes", used / MEGABYTE);
        if total > 0.0 {
            self.add("system_memory_usage_percentage", used / total * 100.0);
        }
        self.sample_disk();
        self.networks.refresh(true);
        let (received, sent) = traffic(&self.networks);
        self.network = Some((
            received.saturating_sub(self.network_before.0) as f64 / MEGABYTE,
            sent.saturating_sub(self.network_before.1) as f64 / MEGABYTE,
        ));
        let readings = self.gpus.as_ref().map(Gpus::read).unwrap_or_default();
        for (name, value) in readings {
            self.add(&name, value);
        }
    }

    /// Averages of the samples since the last call, to one decimal; network traffic is the total so far.
    pub fn take_averages(&mut self) -> Vec<(String, f64)> {
        let mut averages: Vec<_> = std::mem::take(&mut self.sums)
            .into_iter()
            .map(|(name, sum)| (name, (sum.total / f64::from(sum.count) * 10.0).round() / 10.0))
            .collect();
        if let Some((received, sent)) = self.network.take() {
            averages.push(("network_receive_megabytes".to_owned(), received));
            averages.push(("network_transmit_megabytes".to_owned(), sent));
        }
        averages
    }

    fn add(&mut self, name: &str, value: f64) {
        let sum = self.sums.entry(name.to_owned()).or_default();
        sum.total += value;
        sum.count += 1;
    }

    /// The disk that holds the root folder; on Windows the first one.
    fn sample_disk(&mut self) {
        self.disks.refresh_specifics(false, DiskRefreshKind::nothing().with_storage());
        let disk = self.disks.iter().find(|disk| disk.mount_point() == Path::new("/")).or(self.disks.first());
        let Some(disk) = disk else { return };
        let (total, free) = (disk.total_space() as f64, disk.available_space() as f64);
        if total > 0.0 {
            self.add("disk_usage_percentage", (total - free) / total * 100.0);
        }
        self.add("disk_usage_megabytes", (total - free) / MEGABYTE);
        self.add("disk_available_megabytes", free / MEGABYTE);
    }
}

impl Default for SystemSampler {
    fn default() -> Self {
        Self::new()
    }
}

fn traffic(networks: &Networks) -> (u64, u64) {
    networks.values().fold((0, 0), |(received, sent), network| {
        (received + network.total_received(), sent + network.total_transmitted())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_averaged_and_taken_once() {
        let mut sampler = SystemSampler::new();
        sampler.add("a", 1.0);
        sampler.add("a", 2.04);
        assert_eq!(sampler.take_averages(), [("a".to_owned(), 1.5)]);
        assert_eq!(sampler.take_averages(), []);
    }

    #[test]
    fn a_busy_machine_shows_in_the_sample() {
        let mut sampler = SystemSampler::new();
        let until = std::time::Instant::now() + std::time::Duration::from_millis(600);
        while std::time::Instant::now() < until {
            std::hint::black_box(0);
        }
        sampler.sample();
        let averages: BTreeMap<_, _> = sampler.take_averages().into_iter().collect();
        let cpu = averages["cpu_utilization_percentage"];
        assert!(cpu > 0.0 && cpu <= 100.0, "{cpu}");
        let memory = averages["system_memory_usage_percentage"];
        assert!(memory > 0.0 && memory < 100.0, "{memory}");
        assert!(averages["system_memory_usage_megabytes"] > 1.0);
        assert!(averages["disk_available_megabytes"] > 0.0 && averages["disk_usage_percentage"] <= 100.0);
        assert!(averages["network_receive_megabytes"] >= 0.0 && averages["network_transmit_megabytes"] >= 0.0);
    }
}

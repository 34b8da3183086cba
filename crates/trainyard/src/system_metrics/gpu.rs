//! NVIDIA GPUs by way of NVML, the driver's own library, which is looked for at run time.

use std::ffi::OsStr;

use nvml_wrapper::{Device, Nvml};

/// The driver installs the first name; the second comes with its development files, and is what other systems have.
const LIBRARIES: [Option<&str>; 2] = [Some("libnvidia-ml.so.1"), None];

pub(super) struct Gpus {
    nvml: Nvml,
    count: u32,
}

impl Gpus {
    /// The GPUs of this machine; `None` without a driver or without a device.
    pub(super) fn find() -> Option<Self> {
        let nvml = LIBRARIES.iter().find_map(|library| {
            let mut builder = Nvml::builder();
            if let Some(library) = library {
                builder.lib_path(OsStr::new(library));
            }
            builder.init().ok()
        })?;
        let count = nvml.device_count().ok().filter(|count| *count > 0)?;
        Some(Self { nvml, count })
    }

    /// What each device says now. A value that a device does not have is left out.
    pub(super) fn read(&self) -> Vec<(String, f64)> {
        let mut readings = Vec::new();
        for index in 0..self.count {
            if let Ok(device) = self.nvml.device_by_index(index) {
                read_device(index, &device, &mut readings);
            }
        }
        readings
    }
}

fn read_device(index: u32, device: &Device<'_>, readings: &mut Vec<(String, f64)>) {
    let mut add = |name: &str, value: f64| readings.push((format!("gpu_{index}_{name}"), value));
    if let Ok(memory) = device.memory_info()
        && memory.total > 0
    {
        add("memory_usage_percentage", memory.used as f64 / memory.total as f64 * 100.0);
        add("memory_usage_megabytes", memory.used as f64 / 1e6);
    }
    if let Ok(utilization) = device.utilization_rates() {
        add("utilization_percentage", f64::from(utilization.gpu));
    }
    if let Ok(milliwatts) = device.power_usage() {
        add("power_usage_watts", f64::from(milliwatts) / 1000.0);
        if let Ok(limit) = device.enforced_power_limit()
            && limit > 0
        {
            add("power_usage_percentage", f64::from(milliwatts) / f64::from(limit) * 100.0);
        }
    }
}

/* NVIDIA's library for a machine with two GPUs, the second of which says nothing about its power. */

struct memory { unsigned version; unsigned long long total, reserved, free, used; };
struct utilization { unsigned gpu, memory; };

enum { SUCCESS = 0, INVALID_ARGUMENT = 2, NOT_SUPPORTED = 3 };

static int devices[2];

int nvmlInit_v2(void) { return SUCCESS; }
int nvmlShutdown(void) { return SUCCESS; }

int nvmlDeviceGetCount_v2(unsigned *count) {
    *count = 2;
    return SUCCESS;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, int **device) {
    if (index > 1) return INVALID_ARGUMENT;
    *device = &devices[index];
    return SUCCESS;
}

int nvmlDeviceGetMemoryInfo_v2(int *device, struct memory *memory) {
    memory->total = 8000000000ULL;
    memory->used = device == devices ? 2000000000ULL : 6000000000ULL;
    return SUCCESS;
}

int nvmlDeviceGetUtilizationRates(int *device, struct utilization *rates) {
    rates->gpu = device == devices ? 37 : 99;
    rates->memory = 0;
    return SUCCESS;
}

int nvmlDeviceGetPowerUsage(int *device, unsigned *milliwatts) {
    *milliwatts = 150000;
    return device == devices ? SUCCESS : NOT_SUPPORTED;
}

int nvmlDeviceGetEnforcedPowerLimit(int *device, unsigned *milliwatts) {
    *milliwatts = 300000;
    return device == devices ? SUCCESS : NOT_SUPPORTED;
}

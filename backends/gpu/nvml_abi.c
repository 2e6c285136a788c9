/* nvml_abi.c - the two pure pieces of the NVML reader. */
#include "config.h"
#include "backends/gpu/nvml_abi.h"

#include <stdio.h>

#include "lab/metric.h"

unsigned nvml_throttle(uint64_t reasons)
{
	enum {
		SW_POWER = 0x4,
		HW_SLOWDOWN = 0x8,
		SYNC_BOOST = 0x10,
		SW_THERMAL = 0x20,
		HW_THERMAL = 0x40,
		HW_BRAKE = 0x80
	};
	unsigned set = THROTTLE_NONE;

	/* idle (1), clocks that somebody asked for (2) and display clocks (0x100) are no throttling */
	if (reasons & (SW_THERMAL | HW_THERMAL))
		set |= THROTTLE_THERMAL;
	if (reasons & (SW_POWER | HW_BRAKE))
		set |= THROTTLE_POWER_CAP;
	if (reasons & SYNC_BOOST)
		set |= THROTTLE_OTHER;
	/* hardware slowdown comes with one of its causes; alone nobody knows why */
	if ((reasons & HW_SLOWDOWN) && !(reasons & (HW_THERMAL | HW_BRAKE)))
		set |= THROTTLE_OTHER;
	return set;
}

void nvml_bdf(const char *bus_id, char *out, gsize size)
{
	unsigned domain, bus, device, function;

	out[0] = '\0';
	if (sscanf(bus_id, "%x:%x:%x.%x", &domain, &bus, &device, &function) == 4)
		g_snprintf(out, size, "%04x:%02x:%02x.%x", domain & 0xffff, bus & 0xff, device & 0x1f,
			   function & 7);
}

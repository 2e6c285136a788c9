/* nvml_abi.c - the pure pieces of the NVML reader. */
#include "config.h"
#include "backends/gpu/nvml_abi.h"

#include "lab/metric.h"

enum num_state nvml_state_of(int status)
{
	switch (status) {
	case NV_OK:
		return NUM_OK;
	case NV_NO_PERMISSION:
	case NV_OPERATING_SYSTEM:
		return NUM_DENIED;
	case NV_TIMEOUT:
	case NV_RESET_REQUIRED:
	case NV_IN_USE:
	case NV_NOT_READY:
		return NUM_BUSY;
	case NV_INSUFFICIENT_SIZE: /* of one number: that is no answer */
	case NV_CORRUPTED_INFOROM:
	case NV_UNKNOWN:
		return NUM_BAD;
	default:
		return NUM_UNKNOWN;
	}
}

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

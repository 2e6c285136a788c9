/* agent_main.c - start of labtop-agent, the part that runs where the GPUs are. */
#include "config.h"

int main(int argc, char **argv)
{
	return 0;
}

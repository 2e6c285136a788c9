/* main.c - start: hand the words of the command line to the verb they name. Nothing else lives here. */
#include "config.h"

#include <stdio.h>

int main(int argc, char **argv)
{
	printf("labtop %s\n", PACKAGE_VERSION);
	return 0;
}

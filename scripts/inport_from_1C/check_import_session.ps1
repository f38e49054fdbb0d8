#Requires -Version 5.1
<#
.SYNOPSIS
Shows the running import, or how the last one ended.

.DESCRIPTION
Runs "manage.py import_status" in a container of its own. Exit codes: 0 shown, however the import
ended; 1 there is no such session.

.PARAMETER ComposeFile
The Compose file. Default: compose.yaml of this project.

.PARAMETER Service
The service whose image and settings the command gets. Default: web.

.PARAMETER SessionId
Number of one session. Default: the active one, else the last one.

.PARAMETER Json
Print one line of JSON, for ConvertFrom-Json.

.EXAMPLE
./check_import_session.ps1

Shows the running import, or the last one.

.EXAMPLE
(./check_import_session.ps1 -SessionId 12 -Json | ConvertFrom-Json).status

Gives the status of session 12.
#>
[CmdletBinding()]
param(
    [string]$ComposeFile = '',
    [string]$Service = 'web',
    [int]$SessionId = 0,
    [switch]$Json
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false
Import-Module (Join-Path $PSScriptRoot 'ImportTools.psm1') -Force

# Not in param(): Windows PowerShell 5.1 knows no $PSScriptRoot there when called with -File.
if (-not $ComposeFile) {
    $ComposeFile = Join-Path $PSScriptRoot '../../compose.yaml'
}

$arguments = @('import_status')
if ($Json) {
    $arguments += '--json'
}
if ($SessionId) {
    $arguments += [string]$SessionId
}
Invoke-Manage -ComposeFile $ComposeFile -Service $Service -Arguments $arguments
exit $LASTEXITCODE

# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# What a script uses: syntax that Windows PowerShell 5.1 does not know, and every command, parameter and static member by
# name. A line of JSON for each; test_language.py knows what is allowed.
$ErrorActionPreference = 'Stop'
foreach ($file in $args) {
    $tokens = $errors = $null
    $tree = [System.Management.Automation.Language.Parser]::ParseFile($file, [ref]$tokens, [ref]$errors)
    $found = [System.Collections.Generic.List[object]]::new()
    foreach ($problem in $errors) { $found.Add(@('error', $problem.Message, $problem.Extent.StartLineNumber)) }
    $newer = 'QuestionMark', 'QuestionQuestion', 'QuestionQuestionEquals', 'QuestionDot', 'QuestionLBracket', 'AndAnd', 'OrOr', 'Ampersand', 'Clean'
    foreach ($token in $tokens) {
        $kind = [string]$token.Kind
        # A call (& $block) is old; a job (command &) is new.
        if ($newer -contains $kind -and -not ($kind -eq 'Ampersand' -and $token.TokenFlags.HasFlag([System.Management.Automation.Language.TokenFlags]::SpecialOperator))) {
            $found.Add(@('syntax', $kind, $token.Extent.StartLineNumber))
        }
        # 1uy, 1n, 0b1: suffixes and prefixes of PowerShell 6 and later
        if ($kind -eq 'Number' -and $token.Text -match '^0b|(u|uy|us|ul|y|s|n)$' -and $token.Text -notmatch '^0x') {
            $found.Add(@('syntax', $token.Text, $token.Extent.StartLineNumber))
        }
    }
    foreach ($node in $tree.FindAll({ $true }, $true)) {
        $line = $node.Extent.StartLineNumber
        $type = $node.GetType().Name
        if ($type -eq 'TernaryExpressionAst' -or $type -eq 'PipelineChainAst') { $found.Add(@('syntax', $type, $line)) }
        if ($type -eq 'PipelineAst' -and $node.Background) { $found.Add(@('syntax', 'job', $line)) }
        if ($type -eq 'FunctionDefinitionAst') { $found.Add(@('function', $node.Name, $line)) }
        if ($type -eq 'VariableExpressionAst') { $found.Add(@('variable', $node.VariablePath.UserPath, $line)) }
        if ($type -eq 'InvokeMemberExpressionAst' -or $type -eq 'MemberExpressionAst') {
            if ($node.NullConditional) { $found.Add(@('syntax', '?.', $line)) }
            if ($node.Static -and $node.Expression.TypeName) { $found.Add(@('static', "$($node.Expression.TypeName.FullName)::$($node.Member)", $line)) }
        }
        if ($type -eq 'CommandAst') {
            $name = $node.GetCommandName()
            if ($name) {
                $found.Add(@('command', $name, $line))
                foreach ($element in $node.CommandElements) {
                    if ($element.GetType().Name -eq 'CommandParameterAst') { $found.Add(@('parameter', "$name -$($element.ParameterName)", $line)) }
                }
            }
        }
    }
    ConvertTo-Json -InputObject @{ file = $file; found = $found.ToArray() } -Depth 5 -Compress
}

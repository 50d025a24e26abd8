// Generated from schemas/ by scripts/generate-validators.ts. Do not edit.
// @ts-nocheck: it is the code of ajv, which has no types.
import type { SchemaCheck } from '../../checks.js';
import ucs2length from 'ajv/dist/runtime/ucs2length.js';
export const validate: SchemaCheck = validate0;
const schema0 = {"$schema":"http://json-schema.org/draft-07/schema#","$id":"urn:documee:schema:analyze-output:1","type":"object","required":["schemaVersion","codebaseId","versionId","changed","totals","analyzers","durationMs","savedMs"],"properties":{"schemaVersion":{"const":1},"codebaseId":{"type":"string","minLength":1},"versionId":{"type":["string","null"]},"changed":{"type":"boolean"},"totals":{"type":"object","required":["files","analyzed","reused","removed","failed","uncacheable"],"properties":{"files":{"type":"integer","minimum":0},"analyzed":{"type":"integer","minimum":0},"reused":{"type":"integer","minimum":0},"removed":{"type":"integer","minimum":0},"failed":{"type":"integer","minimum":0},"uncacheable":{"type":"integer","minimum":0}}},"analyzers":{"type":"object","additionalProperties":{"$ref":"#/definitions/analyzerTotals"}},"durationMs":{"type":"number","minimum":0},"savedMs":{"type":"number","minimum":0},"savedCost":{"type":"object","additionalProperties":{"type":"number"}},"cost":{"type":"object","additionalProperties":{"type":"number"}},"remote":{"type":"object","additionalProperties":false,"required":["store","mode","found","refused","sent","pending"],"properties":{"store":{"type":"string"},"mode":{"enum":["read","write","read-write"]},"found":{"type":"integer","minimum":0},"refused":{"type":"integer","minimum":0},"sent":{"type":"integer","minimum":0},"pending":{"type":"integer","minimum":0}}},"failures":{"type":"array","items":{"$ref":"#/definitions/failure"}},"skipped":{"type":"array","items":{"$ref":"#/definitions/skipped"}},"warnings":{"type":"array","items":{"$ref":"#/definitions/warning"}},"corrupt":{"type":"array","items":{"$ref":"#/definitions/corrupt"}}},"definitions":{"failure":{"type":"object","required":["path","analyzer","reason","message"],"properties":{"path":{"type":"string","minLength":1},"analyzer":{"type":"string","minLength":1},"reason":{"type":"string","minLength":1},"message":{"type":"string"}}},"skipped":{"type":"object","required":["path","reason","message"],"properties":{"path":{"type":"string"},"reason":{"type":"string","minLength":1},"message":{"type":"string"}}},"warning":{"type":"object","required":["code","message"],"properties":{"code":{"type":"string","minLength":1},"message":{"type":"string"}}},"corrupt":{"type":"object","required":["document","problem"],"properties":{"document":{"type":"string","minLength":1},"problem":{"type":"string"}}},"analyzerTotals":{"type":"object","required":["analyzed","reused","failed"],"properties":{"analyzed":{"type":"integer","minimum":0},"reused":{"type":"integer","minimum":0},"failed":{"type":"integer","minimum":0}}}}};
const func0 = ucs2length.default;

function validate0(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if(((((((((data.schemaVersion === undefined) && (missing0 = "schemaVersion")) || ((data.codebaseId === undefined) && (missing0 = "codebaseId"))) || ((data.versionId === undefined) && (missing0 = "versionId"))) || ((data.changed === undefined) && (missing0 = "changed"))) || ((data.totals === undefined) && (missing0 = "totals"))) || ((data.analyzers === undefined) && (missing0 = "analyzers"))) || ((data.durationMs === undefined) && (missing0 = "durationMs"))) || ((data.savedMs === undefined) && (missing0 = "savedMs"))){
validate0.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0},message:"must have required property '"+missing0+"'"}];
return false;
}
else {
if(data.schemaVersion !== undefined){
const _errs1 = errors;
if(1 !== data.schemaVersion){
validate0.errors = [{instancePath:instancePath+"/schemaVersion",schemaPath:"#/properties/schemaVersion/const",keyword:"const",params:{allowedValue: 1},message:"must be equal to constant"}];
return false;
}
var valid0 = _errs1 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.codebaseId !== undefined){
let data1 = data.codebaseId;
const _errs2 = errors;
if(errors === _errs2){
if(typeof data1 === "string"){
if(func0(data1) < 1){
validate0.errors = [{instancePath:instancePath+"/codebaseId",schemaPath:"#/properties/codebaseId/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
else {
validate0.errors = [{instancePath:instancePath+"/codebaseId",schemaPath:"#/properties/codebaseId/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.versionId !== undefined){
let data2 = data.versionId;
const _errs4 = errors;
if((typeof data2 !== "string") && (data2 !== null)){
validate0.errors = [{instancePath:instancePath+"/versionId",schemaPath:"#/properties/versionId/type",keyword:"type",params:{type: schema0.properties.versionId.type},message:"must be string,null"}];
return false;
}
var valid0 = _errs4 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.changed !== undefined){
const _errs6 = errors;
if(typeof data.changed !== "boolean"){
validate0.errors = [{instancePath:instancePath+"/changed",schemaPath:"#/properties/changed/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"}];
return false;
}
var valid0 = _errs6 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.totals !== undefined){
let data4 = data.totals;
const _errs8 = errors;
if(errors === _errs8){
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
let missing1;
if(((((((data4.files === undefined) && (missing1 = "files")) || ((data4.analyzed === undefined) && (missing1 = "analyzed"))) || ((data4.reused === undefined) && (missing1 = "reused"))) || ((data4.removed === undefined) && (missing1 = "removed"))) || ((data4.failed === undefined) && (missing1 = "failed"))) || ((data4.uncacheable === undefined) && (missing1 = "uncacheable"))){
validate0.errors = [{instancePath:instancePath+"/totals",schemaPath:"#/properties/totals/required",keyword:"required",params:{missingProperty: missing1},message:"must have required property '"+missing1+"'"}];
return false;
}
else {
if(data4.files !== undefined){
let data5 = data4.files;
const _errs10 = errors;
if(!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))){
validate0.errors = [{instancePath:instancePath+"/totals/files",schemaPath:"#/properties/totals/properties/files/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs10){
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 < 0 || isNaN(data5)){
validate0.errors = [{instancePath:instancePath+"/totals/files",schemaPath:"#/properties/totals/properties/files/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"}];
return false;
}
}
}
var valid1 = _errs10 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data4.analyzed !== undefined){
let data6 = data4.analyzed;
const _errs12 = errors;
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
validate0.errors = [{instancePath:instancePath+"/totals/analyzed",schemaPath:"#/properties/totals/properties/analyzed/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs12){
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 < 0 || isNaN(data6)){
validate0.errors = [{instancePath:instancePath+"/totals/analyzed",schemaPath:"#/properties/totals/properties/analyzed/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"}];
return false;
}
}
}
var valid1 = _errs12 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data4.reused !== undefined){
let data7 = data4.reused;
const _errs14 = errors;
if(!(((typeof data7 == "number") && (!(data7 % 1) && !isNaN(data7))) && (isFinite(data7)))){
validate0.errors = [{instancePath:instancePath+"/totals/reused",schemaPath:"#/properties/totals/properties/reused/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs14){
if((typeof data7 == "number") && (isFinite(data7))){
if(data7 < 0 || isNaN(data7)){
validate0.errors = [{instancePath:instancePath+"/totals/reused",schemaPath:"#/properties/totals/properties/reused/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"}];
return false;
}
}
}
var valid1 = _errs14 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data4.removed !== undefined){
let data8 = data4.removed;
const _errs16 = errors;
if(!(((typeof data8 == "number") && (!(data8 % 1) && !isNaN(data8))) && (isFinite(data8)))){
validate0.errors = [{instancePath:instancePath+"/totals/removed",schemaPath:"#/properties/totals/properties/removed/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs16){
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 < 0 || isNaN(data8)){
validate0.errors = [{instancePath:instancePath+"/totals/removed",schemaPath:"#/properties/totals/properties/removed/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"}];
return false;
}
}
}
var valid1 = _errs16 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data4.failed !== undefined){
let data9 = data4.failed;
const _errs18 = errors;
if(!(((typeof data9 == "number") && (!(data9 % 1) && !isNaN(data9))) && (isFinite(data9)))){
validate0.errors = [{instancePath:instancePath+"/totals/failed",schemaPath:"#/properties/totals/properties/failed/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs18){
if((typeof data9 == "number") && (isFinite(data9))){
if(data9 < 0 || isNaN(data9)){
validate0.errors = [{instancePath:instancePath+"/totals/failed",schemaPath:"#/properties/totals/properties/failed/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"}];
return false;
}
}
}
var valid1 = _errs18 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data4.uncacheable !== undefined){
let data10 = data4.uncacheable;
const _errs20 = errors;
if(!(((typeof data10 == "number") && (!(data10 % 1) && !isNaN(data10))) && (isFinite(data10)))){
validate0.errors = [{instancePath:instancePath+"/totals/uncacheable",schemaPath:"#/properties/totals/properties/uncacheable/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs20){
if((typeof data10 == "number") && (isFinite(data10))){
if(data10 < 0 || isNaN(data10)){
validate0.errors = [{instancePath:instancePath+"/totals/uncacheable",schemaPath:"#/properties/totals/properties/uncacheable/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"}];
return false;
}
}
}
var valid1 = _errs20 === errors;
}
else {
var valid1 = true;
}
}
}
}
}
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/totals",schemaPath:"#/properties/totals/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
var valid0 = _errs8 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.analyzers !== undefined){
let data11 = data.analyzers;
const _errs22 = errors;
if(errors === _errs22){
if(data11 && typeof data11 == "object" && !Array.isArray(data11)){
for(const key0 in data11){
let data12 = data11[key0];
const _errs25 = errors;
const _errs26 = errors;
if(errors === _errs26){
if(data12 && typeof data12 == "object" && !Array.isArray(data12)){
let missing2;
if((((data12.analyzed === undefined) && (missing2 = "analyzed")) || ((data12.reused === undefined) && (missing2 = "reused"))) || ((data12.failed === undefined) && (missing2 = "failed"))){
validate0.errors = [{instancePath:instancePath+"/analyzers/" + key0.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/analyzerTotals/required",keyword:"required",params:{missingProperty: missing2},message:"must have required property '"+missing2+"'"}];
return false;
}
else {
if(data12.analyzed !== undefined){
let data13 = data12.analyzed;
const _errs28 = errors;
if(!(((typeof data13 == "number") && (!(data13 % 1) && !isNaN(data13))) && (isFinite(data13)))){
validate0.errors = [{instancePath:instancePath+"/analyzers/" + key0.replace(/~/g, "~0").replace(/\//g, "~1")+"/analyzed",schemaPath:"#/definitions/analyzerTotals/properties/analyzed/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs28){
if((typeof data13 == "number") && (isFinite(data13))){
if(data13 < 0 || isNaN(data13)){
validate0.errors = [{instancePath:instancePath+"/analyzers/" + key0.replace(/~/g, "~0").replace(/\//g, "~1")+"/analyzed",schemaPath:"#/definitions/analyzerTotals/properties/analyzed/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"}];
return false;
}
}
}
var valid4 = _errs28 === errors;
}
else {
var valid4 = true;
}
if(valid4){
if(data12.reused !== undefined){
let data14 = data12.reused;
const _errs30 = errors;
if(!(((typeof data14 == "number") && (!(data14 % 1) && !isNaN(data14))) && (isFinite(data14)))){
validate0.errors = [{instancePath:instancePath+"/analyzers/" + key0.replace(/~/g, "~0").replace(/\//g, "~1")+"/reused",schemaPath:"#/definitions/analyzerTotals/properties/reused/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs30){
if((typeof data14 == "number") && (isFinite(data14))){
if(data14 < 0 || isNaN(data14)){
validate0.errors = [{instancePath:instancePath+"/analyzers/" + key0.replace(/~/g, "~0").replace(/\//g, "~1")+"/reused",schemaPath:"#/definitions/analyzerTotals/properties/reused/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"}];
return false;
}
}
}
var valid4 = _errs30 === errors;
}
else {
var valid4 = true;
}
if(valid4){
if(data12.failed !== undefined){
let data15 = data12.failed;
const _errs32 = errors;
if(!(((typeof data15 == "number") && (!(data15 % 1) && !isNaN(data15))) && (isFinite(data15)))){
validate0.errors = [{instancePath:instancePath+"/analyzers/" + key0.replace(/~/g, "~0").replace(/\//g, "~1")+"/failed",schemaPath:"#/definitions/analyzerTotals/properties/failed/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs32){
if((typeof data15 == "number") && (isFinite(data15))){
if(data15 < 0 || isNaN(data15)){
validate0.errors = [{instancePath:instancePath+"/analyzers/" + key0.replace(/~/g, "~0").replace(/\//g, "~1")+"/failed",schemaPath:"#/definitions/analyzerTotals/properties/failed/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"}];
return false;
}
}
}
var valid4 = _errs32 === errors;
}
else {
var valid4 = true;
}
}
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/analyzers/" + key0.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/analyzerTotals/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
var valid2 = _errs25 === errors;
if(!valid2){
break;
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/analyzers",schemaPath:"#/properties/analyzers/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
var valid0 = _errs22 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.durationMs !== undefined){
let data16 = data.durationMs;
const _errs34 = errors;
if(errors === _errs34){
if((typeof data16 == "number") && (isFinite(data16))){
if(data16 < 0 || isNaN(data16)){
validate0.errors = [{instancePath:instancePath+"/durationMs",schemaPath:"#/properties/durationMs/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"}];
return false;
}
}
else {
validate0.errors = [{instancePath:instancePath+"/durationMs",schemaPath:"#/properties/durationMs/type",keyword:"type",params:{type: "number"},message:"must be number"}];
return false;
}
}
var valid0 = _errs34 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.savedMs !== undefined){
let data17 = data.savedMs;
const _errs36 = errors;
if(errors === _errs36){
if((typeof data17 == "number") && (isFinite(data17))){
if(data17 < 0 || isNaN(data17)){
validate0.errors = [{instancePath:instancePath+"/savedMs",schemaPath:"#/properties/savedMs/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"}];
return false;
}
}
else {
validate0.errors = [{instancePath:instancePath+"/savedMs",schemaPath:"#/properties/savedMs/type",keyword:"type",params:{type: "number"},message:"must be number"}];
return false;
}
}
var valid0 = _errs36 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.savedCost !== undefined){
let data18 = data.savedCost;
const _errs38 = errors;
if(errors === _errs38){
if(data18 && typeof data18 == "object" && !Array.isArray(data18)){
for(const key1 in data18){
let data19 = data18[key1];
const _errs41 = errors;
if(!((typeof data19 == "number") && (isFinite(data19)))){
validate0.errors = [{instancePath:instancePath+"/savedCost/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/savedCost/additionalProperties/type",keyword:"type",params:{type: "number"},message:"must be number"}];
return false;
}
var valid5 = _errs41 === errors;
if(!valid5){
break;
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/savedCost",schemaPath:"#/properties/savedCost/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
var valid0 = _errs38 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.cost !== undefined){
let data20 = data.cost;
const _errs43 = errors;
if(errors === _errs43){
if(data20 && typeof data20 == "object" && !Array.isArray(data20)){
for(const key2 in data20){
let data21 = data20[key2];
const _errs46 = errors;
if(!((typeof data21 == "number") && (isFinite(data21)))){
validate0.errors = [{instancePath:instancePath+"/cost/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/cost/additionalProperties/type",keyword:"type",params:{type: "number"},message:"must be number"}];
return false;
}
var valid6 = _errs46 === errors;
if(!valid6){
break;
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/cost",schemaPath:"#/properties/cost/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
var valid0 = _errs43 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.remote !== undefined){
let data22 = data.remote;
const _errs48 = errors;
if(errors === _errs48){
if(data22 && typeof data22 == "object" && !Array.isArray(data22)){
let missing3;
if(((((((data22.store === undefined) && (missing3 = "store")) || ((data22.mode === undefined) && (missing3 = "mode"))) || ((data22.found === undefined) && (missing3 = "found"))) || ((data22.refused === undefined) && (missing3 = "refused"))) || ((data22.sent === undefined) && (missing3 = "sent"))) || ((data22.pending === undefined) && (missing3 = "pending"))){
validate0.errors = [{instancePath:instancePath+"/remote",schemaPath:"#/properties/remote/required",keyword:"required",params:{missingProperty: missing3},message:"must have required property '"+missing3+"'"}];
return false;
}
else {
const _errs50 = errors;
for(const key3 in data22){
if(!((((((key3 === "store") || (key3 === "mode")) || (key3 === "found")) || (key3 === "refused")) || (key3 === "sent")) || (key3 === "pending"))){
validate0.errors = [{instancePath:instancePath+"/remote",schemaPath:"#/properties/remote/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs50 === errors){
if(data22.store !== undefined){
const _errs51 = errors;
if(typeof data22.store !== "string"){
validate0.errors = [{instancePath:instancePath+"/remote/store",schemaPath:"#/properties/remote/properties/store/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid7 = _errs51 === errors;
}
else {
var valid7 = true;
}
if(valid7){
if(data22.mode !== undefined){
let data24 = data22.mode;
const _errs53 = errors;
if(!(((data24 === "read") || (data24 === "write")) || (data24 === "read-write"))){
validate0.errors = [{instancePath:instancePath+"/remote/mode",schemaPath:"#/properties/remote/properties/mode/enum",keyword:"enum",params:{allowedValues: schema0.properties.remote.properties.mode.enum},message:"must be equal to one of the allowed values"}];
return false;
}
var valid7 = _errs53 === errors;
}
else {
var valid7 = true;
}
if(valid7){
if(data22.found !== undefined){
let data25 = data22.found;
const _errs54 = errors;
if(!(((typeof data25 == "number") && (!(data25 % 1) && !isNaN(data25))) && (isFinite(data25)))){
validate0.errors = [{instancePath:instancePath+"/remote/found",schemaPath:"#/properties/remote/properties/found/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs54){
if((typeof data25 == "number") && (isFinite(data25))){
if(data25 < 0 || isNaN(data25)){
validate0.errors = [{instancePath:instancePath+"/remote/found",schemaPath:"#/properties/remote/properties/found/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"}];
return false;
}
}
}
var valid7 = _errs54 === errors;
}
else {
var valid7 = true;
}
if(valid7){
if(data22.refused !== undefined){
let data26 = data22.refused;
const _errs56 = errors;
if(!(((typeof data26 == "number") && (!(data26 % 1) && !isNaN(data26))) && (isFinite(data26)))){
validate0.errors = [{instancePath:instancePath+"/remote/refused",schemaPath:"#/properties/remote/properties/refused/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs56){
if((typeof data26 == "number") && (isFinite(data26))){
if(data26 < 0 || isNaN(data26)){
validate0.errors = [{instancePath:instancePath+"/remote/refused",schemaPath:"#/properties/remote/properties/refused/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"}];
return false;
}
}
}
var valid7 = _errs56 === errors;
}
else {
var valid7 = true;
}
if(valid7){
if(data22.sent !== undefined){
let data27 = data22.sent;
const _errs58 = errors;
if(!(((typeof data27 == "number") && (!(data27 % 1) && !isNaN(data27))) && (isFinite(data27)))){
validate0.errors = [{instancePath:instancePath+"/remote/sent",schemaPath:"#/properties/remote/properties/sent/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs58){
if((typeof data27 == "number") && (isFinite(data27))){
if(data27 < 0 || isNaN(data27)){
validate0.errors = [{instancePath:instancePath+"/remote/sent",schemaPath:"#/properties/remote/properties/sent/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"}];
return false;
}
}
}
var valid7 = _errs58 === errors;
}
else {
var valid7 = true;
}
if(valid7){
if(data22.pending !== undefined){
let data28 = data22.pending;
const _errs60 = errors;
if(!(((typeof data28 == "number") && (!(data28 % 1) && !isNaN(data28))) && (isFinite(data28)))){
validate0.errors = [{instancePath:instancePath+"/remote/pending",schemaPath:"#/properties/remote/properties/pending/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs60){
if((typeof data28 == "number") && (isFinite(data28))){
if(data28 < 0 || isNaN(data28)){
validate0.errors = [{instancePath:instancePath+"/remote/pending",schemaPath:"#/properties/remote/properties/pending/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"}];
return false;
}
}
}
var valid7 = _errs60 === errors;
}
else {
var valid7 = true;
}
}
}
}
}
}
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/remote",schemaPath:"#/properties/remote/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
var valid0 = _errs48 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.failures !== undefined){
let data29 = data.failures;
const _errs62 = errors;
if(errors === _errs62){
if(Array.isArray(data29)){
var valid8 = true;
const len0 = data29.length;
for(let i0=0; i0<len0; i0++){
let data30 = data29[i0];
const _errs64 = errors;
const _errs65 = errors;
if(errors === _errs65){
if(data30 && typeof data30 == "object" && !Array.isArray(data30)){
let missing4;
if(((((data30.path === undefined) && (missing4 = "path")) || ((data30.analyzer === undefined) && (missing4 = "analyzer"))) || ((data30.reason === undefined) && (missing4 = "reason"))) || ((data30.message === undefined) && (missing4 = "message"))){
validate0.errors = [{instancePath:instancePath+"/failures/" + i0,schemaPath:"#/definitions/failure/required",keyword:"required",params:{missingProperty: missing4},message:"must have required property '"+missing4+"'"}];
return false;
}
else {
if(data30.path !== undefined){
let data31 = data30.path;
const _errs67 = errors;
if(errors === _errs67){
if(typeof data31 === "string"){
if(func0(data31) < 1){
validate0.errors = [{instancePath:instancePath+"/failures/" + i0+"/path",schemaPath:"#/definitions/failure/properties/path/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
else {
validate0.errors = [{instancePath:instancePath+"/failures/" + i0+"/path",schemaPath:"#/definitions/failure/properties/path/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid10 = _errs67 === errors;
}
else {
var valid10 = true;
}
if(valid10){
if(data30.analyzer !== undefined){
let data32 = data30.analyzer;
const _errs69 = errors;
if(errors === _errs69){
if(typeof data32 === "string"){
if(func0(data32) < 1){
validate0.errors = [{instancePath:instancePath+"/failures/" + i0+"/analyzer",schemaPath:"#/definitions/failure/properties/analyzer/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
else {
validate0.errors = [{instancePath:instancePath+"/failures/" + i0+"/analyzer",schemaPath:"#/definitions/failure/properties/analyzer/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid10 = _errs69 === errors;
}
else {
var valid10 = true;
}
if(valid10){
if(data30.reason !== undefined){
let data33 = data30.reason;
const _errs71 = errors;
if(errors === _errs71){
if(typeof data33 === "string"){
if(func0(data33) < 1){
validate0.errors = [{instancePath:instancePath+"/failures/" + i0+"/reason",schemaPath:"#/definitions/failure/properties/reason/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
else {
validate0.errors = [{instancePath:instancePath+"/failures/" + i0+"/reason",schemaPath:"#/definitions/failure/properties/reason/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid10 = _errs71 === errors;
}
else {
var valid10 = true;
}
if(valid10){
if(data30.message !== undefined){
const _errs73 = errors;
if(typeof data30.message !== "string"){
validate0.errors = [{instancePath:instancePath+"/failures/" + i0+"/message",schemaPath:"#/definitions/failure/properties/message/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid10 = _errs73 === errors;
}
else {
var valid10 = true;
}
}
}
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/failures/" + i0,schemaPath:"#/definitions/failure/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
var valid8 = _errs64 === errors;
if(!valid8){
break;
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/failures",schemaPath:"#/properties/failures/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid0 = _errs62 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.skipped !== undefined){
let data35 = data.skipped;
const _errs75 = errors;
if(errors === _errs75){
if(Array.isArray(data35)){
var valid11 = true;
const len1 = data35.length;
for(let i1=0; i1<len1; i1++){
let data36 = data35[i1];
const _errs77 = errors;
const _errs78 = errors;
if(errors === _errs78){
if(data36 && typeof data36 == "object" && !Array.isArray(data36)){
let missing5;
if((((data36.path === undefined) && (missing5 = "path")) || ((data36.reason === undefined) && (missing5 = "reason"))) || ((data36.message === undefined) && (missing5 = "message"))){
validate0.errors = [{instancePath:instancePath+"/skipped/" + i1,schemaPath:"#/definitions/skipped/required",keyword:"required",params:{missingProperty: missing5},message:"must have required property '"+missing5+"'"}];
return false;
}
else {
if(data36.path !== undefined){
const _errs80 = errors;
if(typeof data36.path !== "string"){
validate0.errors = [{instancePath:instancePath+"/skipped/" + i1+"/path",schemaPath:"#/definitions/skipped/properties/path/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid13 = _errs80 === errors;
}
else {
var valid13 = true;
}
if(valid13){
if(data36.reason !== undefined){
let data38 = data36.reason;
const _errs82 = errors;
if(errors === _errs82){
if(typeof data38 === "string"){
if(func0(data38) < 1){
validate0.errors = [{instancePath:instancePath+"/skipped/" + i1+"/reason",schemaPath:"#/definitions/skipped/properties/reason/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
else {
validate0.errors = [{instancePath:instancePath+"/skipped/" + i1+"/reason",schemaPath:"#/definitions/skipped/properties/reason/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid13 = _errs82 === errors;
}
else {
var valid13 = true;
}
if(valid13){
if(data36.message !== undefined){
const _errs84 = errors;
if(typeof data36.message !== "string"){
validate0.errors = [{instancePath:instancePath+"/skipped/" + i1+"/message",schemaPath:"#/definitions/skipped/properties/message/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid13 = _errs84 === errors;
}
else {
var valid13 = true;
}
}
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/skipped/" + i1,schemaPath:"#/definitions/skipped/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
var valid11 = _errs77 === errors;
if(!valid11){
break;
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/skipped",schemaPath:"#/properties/skipped/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid0 = _errs75 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.warnings !== undefined){
let data40 = data.warnings;
const _errs86 = errors;
if(errors === _errs86){
if(Array.isArray(data40)){
var valid14 = true;
const len2 = data40.length;
for(let i2=0; i2<len2; i2++){
let data41 = data40[i2];
const _errs88 = errors;
const _errs89 = errors;
if(errors === _errs89){
if(data41 && typeof data41 == "object" && !Array.isArray(data41)){
let missing6;
if(((data41.code === undefined) && (missing6 = "code")) || ((data41.message === undefined) && (missing6 = "message"))){
validate0.errors = [{instancePath:instancePath+"/warnings/" + i2,schemaPath:"#/definitions/warning/required",keyword:"required",params:{missingProperty: missing6},message:"must have required property '"+missing6+"'"}];
return false;
}
else {
if(data41.code !== undefined){
let data42 = data41.code;
const _errs91 = errors;
if(errors === _errs91){
if(typeof data42 === "string"){
if(func0(data42) < 1){
validate0.errors = [{instancePath:instancePath+"/warnings/" + i2+"/code",schemaPath:"#/definitions/warning/properties/code/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
else {
validate0.errors = [{instancePath:instancePath+"/warnings/" + i2+"/code",schemaPath:"#/definitions/warning/properties/code/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid16 = _errs91 === errors;
}
else {
var valid16 = true;
}
if(valid16){
if(data41.message !== undefined){
const _errs93 = errors;
if(typeof data41.message !== "string"){
validate0.errors = [{instancePath:instancePath+"/warnings/" + i2+"/message",schemaPath:"#/definitions/warning/properties/message/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid16 = _errs93 === errors;
}
else {
var valid16 = true;
}
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/warnings/" + i2,schemaPath:"#/definitions/warning/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
var valid14 = _errs88 === errors;
if(!valid14){
break;
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/warnings",schemaPath:"#/properties/warnings/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid0 = _errs86 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.corrupt !== undefined){
let data44 = data.corrupt;
const _errs95 = errors;
if(errors === _errs95){
if(Array.isArray(data44)){
var valid17 = true;
const len3 = data44.length;
for(let i3=0; i3<len3; i3++){
let data45 = data44[i3];
const _errs97 = errors;
const _errs98 = errors;
if(errors === _errs98){
if(data45 && typeof data45 == "object" && !Array.isArray(data45)){
let missing7;
if(((data45.document === undefined) && (missing7 = "document")) || ((data45.problem === undefined) && (missing7 = "problem"))){
validate0.errors = [{instancePath:instancePath+"/corrupt/" + i3,schemaPath:"#/definitions/corrupt/required",keyword:"required",params:{missingProperty: missing7},message:"must have required property '"+missing7+"'"}];
return false;
}
else {
if(data45.document !== undefined){
let data46 = data45.document;
const _errs100 = errors;
if(errors === _errs100){
if(typeof data46 === "string"){
if(func0(data46) < 1){
validate0.errors = [{instancePath:instancePath+"/corrupt/" + i3+"/document",schemaPath:"#/definitions/corrupt/properties/document/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
else {
validate0.errors = [{instancePath:instancePath+"/corrupt/" + i3+"/document",schemaPath:"#/definitions/corrupt/properties/document/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid19 = _errs100 === errors;
}
else {
var valid19 = true;
}
if(valid19){
if(data45.problem !== undefined){
const _errs102 = errors;
if(typeof data45.problem !== "string"){
validate0.errors = [{instancePath:instancePath+"/corrupt/" + i3+"/problem",schemaPath:"#/definitions/corrupt/properties/problem/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid19 = _errs102 === errors;
}
else {
var valid19 = true;
}
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/corrupt/" + i3,schemaPath:"#/definitions/corrupt/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
var valid17 = _errs97 === errors;
if(!valid17){
break;
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/corrupt",schemaPath:"#/properties/corrupt/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid0 = _errs95 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
else {
validate0.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
validate0.errors = vErrors;
return errors === 0;
}
